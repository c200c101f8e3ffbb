-- One table in many partitions.

create table visits (id bigint not null, at timestamptz not null, visitor text not null, email text, client_ip inet not null, page text not null) partition by range (id);
select format('create table visits_%s partition of visits for values from (%s) to (%s)', number, first, last + 1) from part order by number \gexec
insert into visits
  select n, timestamptz '2020-01-01' + n * interval '1 second', pg_temp.pick(n, 1, '{Anna,Ben,Clara,David,Emma,Felix,Greta}') || ' Example',
    case when n % 3 > 0 then 'user' || pg_temp.draw(n, 2, 100000) || '@example.com' end, '198.18.0.0'::inet + pg_temp.draw(n, 3, 131072),
    '/' || pg_temp.pick(n, 4, '{shop,help,news,about}') || '/' || pg_temp.draw(n, 5, 5000)
  from generate_series(1, current_setting('bench.rows')::bigint) n;
