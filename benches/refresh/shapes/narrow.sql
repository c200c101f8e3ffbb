-- Six integers a row.

create table kinds (id smallint not null, name text not null);
insert into kinds select n, 'kind ' || n from generate_series(1, 20) n;
select format('create table bookings_%s (
  id bigint not null, account_no bigint not null, kind smallint not null, day integer not null, quantity integer not null, cents integer)', number)
from part order by number \gexec
select format('insert into bookings_%s
  select n, 10000000 + pg_temp.draw(n, 1, 5000000), 1 + n %% 20, 18000 + pg_temp.draw(n, 2, 2000)::integer, 1 + pg_temp.draw(n, 3, 12)::integer,
    case when n %% 50 > 0 then pg_temp.draw(n, 4, 100000)::integer end
  from generate_series(%s::bigint, %s) n', number, first, last) from part order by number \gexec
