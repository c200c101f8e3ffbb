-- Documents of about 600 bytes with a person in each.

select format('create table documents_%s (
  id bigint not null, owner text not null, profile jsonb not null, settings jsonb, tags text[] not null, updated_at timestamptz not null)', number)
from part order by number \gexec
select format($f$insert into documents_%s
  select n, 'user' || n,
    jsonb_build_object('name', given || ' Example', 'email', lower(given) || n || '@example.com', 'age', 18 + n %% 70, 'score', pg_temp.draw(n, 1, 100000) / 10.0, 'active', n %% 3 > 0,
      'contact', jsonb_build_object('phone', '+44 20 7946 0' || lpad((n %% 1000)::text, 3, '0'), 'city', pg_temp.pick(n, 2, '{Berlin,Lyon,Leeds,Madrid,Torino}'), 'lines', jsonb_build_array('Main Street ' || n %% 90, 'back yard')),
      'devices', jsonb_build_array(
        jsonb_build_object('os', 'ios', 'ip', '198.18.' || n %% 250 || '.' || n %% 240, 'seen', '2025-03-0' || 1 + n %% 9),
        jsonb_build_object('os', 'android', 'ip', '198.19.' || n %% 240 || '.' || n %% 250, 'seen', '2025-04-0' || 1 + n %% 9))),
    case when n %% 5 > 0 then jsonb_build_object('theme', pg_temp.pick(n, 3, '{dark,light}'), 'columns', jsonb_build_array('id', 'name', 'total'), 'page', 10 * (1 + n %% 9)) end,
    array['group' || n %% 100, pg_temp.pick(n, 4, '{new,known,lost}')], timestamptz '2020-01-01' + pg_temp.draw(n, 5, 150000000) * interval '1 second'
  from (select n, pg_temp.pick(n, 6, '{Anna,Ben,Clara,David,Emma,Felix,Greta}') as given from generate_series(%s::bigint, %s) n offset 0) person$f$, number, first, last)
from part order by number \gexec
