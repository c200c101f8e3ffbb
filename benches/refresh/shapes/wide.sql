-- People in fourteen columns, about 367 bytes a row: names, an address, and a note somebody wrote.

create table regions (id integer not null, name text not null);
insert into regions select n, 'Region ' || n from generate_series(1, 50) n;
create table countries (code char(2) not null, name text not null);
insert into countries select code, 'Country ' || code from unnest('{DE,FR,GB,ES,IT,NL,PL,US}'::text[]) code;

select format('create table people_%s (
  id bigint not null, region_id integer not null, first_name text not null, last_name text not null, email text not null, phone text,
  street text not null, city text not null, postcode text not null, country char(2) not null, birthday date, balance numeric(12, 2) not null,
  notes text, created_at timestamptz not null)', number) from part order by number \gexec

create function pg_temp.people(first bigint, last bigint) returns table (
  id bigint, region_id integer, first_name text, last_name text, email text, phone text, street text, city text, postcode text, country char(2),
  birthday date, balance numeric, notes text, created_at timestamptz) language sql stable as $$
  select n, 1 + pg_temp.draw(n, 1, 50)::integer, given, family, lower(given || '.' || family) || n || '@mail' || n % 7 || '.example.com',
    case when n % 20 > 0 then '+49 30 ' || 2312500000 + n % 90000 end,
    pg_temp.pick(n, 2, '{Main Street,Station Road,Mill Lane,Church Avenue,Old Harbour Walk,King Edward Crescent,Long Meadow Drive}') || ' ' || 1 + n % 180,
    pg_temp.pick(n, 3, '{Berlin,Hamburg,Lyon,Leeds,Madrid,Torino,Utrecht,Krakow,Portland,Springfield}'), lpad((pg_temp.draw(n, 4, 90000) + 10000)::text, 5, '0'),
    pg_temp.pick(n, 5, '{DE,FR,GB,ES,IT,NL,PL,US}')::char(2), case when n % 10 > 0 then date '1940-01-01' + pg_temp.draw(n, 6, 24000)::integer end,
    (pg_temp.draw(n, 7, 10000000) / 100.0)::numeric(12, 2),
    case pg_temp.draw(n, 8, 4)
      when 0 then 'Called about the invoice of last month; asked to be called back on a weekday before noon. Prefers letters to e-mail, and wants the copy sent to the new address in the spring.'
      when 1 then 'Signed up at the fair. ' || given || ' ' || family || ' asked for the catalogue twice, has not yet ordered, and said that the neighbour at number ' || n % 90 || ' would like one too.'
      when 2 then 'Order was late by ' || n % 30 || ' days and one box was broken; refunded in full on the same day. Was friendly about it. Wants to know earlier next time, best by phone in the evening.'
      else 'Nothing special so far. Pays in time, orders every few weeks, mostly paper and ink, now and then a chair. Asked once whether deliveries on Saturday are possible, comes to the shop since then.' end,
    timestamptz '2015-01-01' + pg_temp.draw(n, 9, 300000000) * interval '1 second'
  from (select n, pg_temp.pick(n, 10, '{Anna,Ben,Clara,David,Emma,Felix,Greta,Hannes,Ida,Jonas,Katharina,Lukas,Marie,Oliver,Patricia,Robert,Sarah,Thomas,Victoria,William}') as given,
          pg_temp.pick(n, 11, '{Adler,Becker,Carter,Dubois,Evans,Fischer,Garcia,Hoffmann,Ivanov,Jones,Kowalski,Lopez,Martin,Nowak,Oliveira,Peters,Rossi,Schmidt,Taylor,Vogel,Wright,Zimmermann}') as family
        from generate_series(first, last) n offset 0) person $$;

select format('insert into people_%s select * from pg_temp.people(%s, %s)', number, first, last) from part order by number \gexec
