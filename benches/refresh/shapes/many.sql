-- Many small tables, as an application has that makes some for every tenant.

select format('create table tenant_%s (id bigint not null, name text not null, email text not null, amount numeric(10, 2), created_at timestamptz not null)', number)
from part order by number \gexec
select format('insert into tenant_%s
  select n, pg_temp.pick(n, 1, ''{Anna,Ben,Clara,David,Emma,Felix,Greta}'') || '' Example'', ''user'' || n || ''@example.com'', (pg_temp.draw(n, 2, 1000000) / 100.0)::numeric(10, 2),
    timestamptz ''2020-01-01'' + pg_temp.draw(n, 3, 150000000) * interval ''1 second''
  from generate_series(%s::bigint, %s) n', number, first, last) from part order by number \gexec
