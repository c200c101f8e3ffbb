-- What all shapes draw their rows from: hashes of row numbers, so that the same number gives the same rows.
--   set bench.rows = '1000000'; set bench.tables = '4';   (rows of all tables together)

set timezone = 'UTC';

create function pg_temp.draw(row_no bigint, stream bigint, n bigint) returns bigint language sql immutable as
  $$ select (hashint8extended(row_no, stream) & 9223372036854775807) % n $$;

create function pg_temp.pick(row_no bigint, stream bigint, among text[]) returns text language sql immutable as
  $$ select among[1 + (hashint8extended(row_no, stream) & 9223372036854775807) % array_length(among, 1)] $$;

-- The tables, numbered, with the first and the last row of each.
create temporary table part as
  select number, total * (number - 1) / tables + 1 as first, total * number / tables as last, tables, total
  from (select current_setting('bench.rows')::bigint as total, current_setting('bench.tables')::bigint as tables) asked,
       generate_series(1, tables) as number;
