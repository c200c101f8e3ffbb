-- Invented production data for shop.sql.
--
-- `masque_demo.rows` says how many rows all tables hold together (at least 2000):
--   set masque_demo.rows = '200000';
-- The same number gives the same rows: everything is drawn from hashes of row numbers, nothing from random().
-- Every address, number and host lies in a range kept free for examples, so that nobody real is ever reached.
-- `offset 0` keeps a drawn value that is used twice from being drawn twice.
-- Its own functions and tables are temporary and dropped at the end.

set timezone = 'UTC';

-- Draws: `draw` is even over 0 .. n-1, `skewed` prefers the low numbers as real customers and products do.
create function pg_temp.draw(row_no bigint, stream bigint, n bigint) returns bigint language sql immutable as
  $$ select (hashint8extended(row_no, stream) & 9223372036854775807) % n $$;
create function pg_temp.unit(row_no bigint, stream bigint) returns float8 language sql immutable as
  $$ select (hashint8extended(row_no, stream) & 4503599627370495)::float8 / 4503599627370496 $$;
create function pg_temp.skewed(row_no bigint, stream bigint, n bigint) returns bigint language sql immutable as
  $$ select floor(n * power(pg_temp.unit(row_no, stream), 2.2))::bigint $$;
create function pg_temp.pick(row_no bigint, stream bigint, among text[]) returns text language sql immutable as
  $$ select among[1 + pg_temp.draw(row_no, stream, array_length(among, 1))] $$;

create function pg_temp.uuid4(row_no bigint, stream bigint) returns uuid language sql immutable as
  $$ select overlay(overlay(md5(stream::text || ':' || row_no::text) placing '4' from 13) placing 'a' from 17)::uuid $$;

-- Both lists run through the same languages in the same order, so most first names meet a last name they know.
create function pg_temp.first_name(row_no bigint) returns text language sql immutable as $$ select among[1 + floor(array_length(among, 1) * pg_temp.unit(row_no, 101))::integer] from (select
  '{Anna,Ben,Clara,David,Emma,Felix,Greta,Hannes,Ida,Jonas,Katharina,Lukas,Marie,Niklas,Oskar,Paula,Ruth,Stefan,Tobias,Ursula,
    Jörg,Jürgen,Zoë,Käthe,Björn,Åsa,Søren,Øyvind,Mårten,Linnéa,Freya,Ingrid,Lars,Nils,Sigrid,Aino,Eero,Päivi,
    Alice,Bob,Charles,Daisy,Edward,Fiona,George,Harriet,Isaac,Jane,Kevin,Laura,Michael,Nancy,Oliver,Patricia,Robert,Sarah,Thomas,Victoria,William,Siobhán,Niamh,Eoin,
    Aurélie,Benoît,Chloé,Étienne,François,Hélène,Inès,Jérôme,Léa,Mathieu,Noémie,Océane,Pierre,Rémi,Sophie,Thérèse,
    Álvaro,Begoña,Carmen,Diego,Elena,Íñigo,José,Lucía,María,Ñusta,Óscar,Pilar,Raúl,Sofía,"María José","Juan Carlos",
    Antonio,Beatrice,Chiara,Giulia,Lorenzo,Matteo,Nicolò,João,Inês,Luís,Conceição,Tiago,
    Agnieszka,Bartłomiej,Grażyna,Łukasz,Małgorzata,Wojciech,Zofia,Jiří,Kateřina,Ondřej,Šárka,Ágnes,László,Zsófia,Andreea,Ștefan,
    Ayşe,Çağla,Emre,Gülşen,İbrahim,Mehmet,Ольга,Дмитрий,Юлия,Олександр,Ελένη,Γιώργος,
    Amina,Fatima,Karim,Leïla,Youssef,محمد,נועה,Chidi,Ngozi,Kwame,Thandiwe,Aarav,Diya,Priya,Rohan,आनन्द,Mei,Wei,美咲,健太,佳怡,지우,민준,Linh,Đức,Siti,Agus,"Jean-Luc","Anne-Sophie",D''Arcy}'::text[] as among) names $$;
create function pg_temp.last_name(row_no bigint) returns text language sql immutable as $$
  select among[1 + floor(array_length(among, 1) * case when pg_temp.draw(row_no, 102, 8) = 0 then pg_temp.unit(row_no, 103)
    else least(0.9999, greatest(0, pg_temp.unit(row_no, 101) + 0.08 * (pg_temp.unit(row_no, 103) - 0.5))) end)::integer] from (select
  '{Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Bauer,Richter,Klein,Wolf,Schröder,Neumann,Schwarz,Zimmermann,Krüger,Vogel,Jäger,Groß,Weiß,"von der Heide",
    Jansen,"de Vries","van den Berg",Bakker,Visser,Smit,Meijer,"de Groot",Andersson,Johansson,Karlsson,Nilsson,Lindström,Sjöberg,Hansen,Jørgensen,Sørensen,Østergaard,Berg,Haugen,Korhonen,Virtanen,Mäkinen,Nieminen,
    Smith,Jones,Taylor,Brown,Williams,Wilson,Johnson,Davies,Patel,Wright,Walker,Thompson,White,Hughes,Edwards,Green,Lewis,Wood,Harris,Clarke,"O''Brien","O''Connor",McDonald,MacLeod,Ó Briain,Nguyễn,Li,Wu,Xu,Ng,
    Martin,Bernard,Dubois,Durand,Lefèvre,Moreau,Laurent,Simon,Michel,Lefebvre,Leroy,Roux,Fournier,Girard,Bonnet,Dupré,Lambert,Fontaine,Chevalier,"de La Tour","Saint-Exupéry",
    García,Fernández,González,Rodríguez,López,Martínez,Sánchez,Pérez,Gómez,Jiménez,Ruiz,Díaz,Muñoz,Álvarez,Romero,Gutiérrez,Núñez,Ibáñez,Peña,"García Lorca","Muñoz Peña",
    Rossi,Russo,Ferrari,Esposito,Bianchi,Romano,Colombo,Ricci,Marino,Greco,Conti,"De Luca",Silva,Santos,Ferreira,Pereira,Oliveira,Gonçalves,Araújo,Magalhães,
    Nowak,Kowalski,Wiśniewska,Wójcik,Kowalczyk,Zieliński,Woźniak,Dąbrowski,Szymański,Novák,Svoboda,Dvořáková,Černý,Procházka,Nagy,Kovács,Tóth,Szabó,Horváth,Popescu,Ionescu,Țurcanu,
    Yılmaz,Kaya,Demir,Çelik,Şahin,Öztürk,Иванов,Петрова,Шевченко,Παπαδοπούλου,Haddad,Khoury,Benali,"الفاسي",כהן,Okafor,Adeyemi,Mensah,Dlamini,Sharma,Singh,Gupta,Iyer,Chatterjee,Wang,Zhang,Chen,田中,佐藤,王,김,Park,Trần,Wijaya,Hernández-Ramírez,Kowalska-Zielińska}'::text[] as among) names $$;
create function pg_temp.company(n bigint) returns text language sql immutable as $$ select
  pg_temp.pick(n, 111, '{Adler,Blau,Cedar,Delta,Ember,Falken,Granit,Harbour,Iris,Juniper,Kestrel,Linden,Marble,Nord,Oriel,Pinnacle,Quarry,Rowan,Solstice,Tern,Umbra,Vesper,Willow,Zephyr}'::text[]) || ' '
  || pg_temp.pick(n, 112, '{Logistik,Foods,Optics,Textil,Maschinenbau,Books,Energy,Ceramics,Software,Papier,Instruments,Studio,Brauerei,Travel,Consulting,"& Söhne"}'::text[]) || ' '
  || pg_temp.pick(n, 113, '{GmbH,AG,Ltd,SARL,Inc.,"S.A.",KG,"B.V.",Oy,AB}'::text[]) $$;

-- What is left of a name in a mail address.
create function pg_temp.plain(name text) returns text language sql immutable as $$
  select regexp_replace(translate(lower(name), 'ßáãäåæçèéêëíîïñòóôöøúüýąčđğıłńřśşšźżșț', 'saaaaaceeeeiiinooooouuyacdgilnrssszzst'), '[^a-z]+', '', 'g') $$;

-- The local part carries the row number, which keeps customers' addresses distinct.
create function pg_temp.email(n bigint, first text, last text) returns text language sql immutable as $$
  select case when pg_temp.draw(n, 121, 40) = 0 then initcap(address) else address end
  from (select coalesce(nullif(pg_temp.plain(first), ''), 'hello') || case pg_temp.draw(n, 122, 4) when 0 then '_' when 1 then '' else '.' end || pg_temp.plain(last) || n::text || '@'
          || pg_temp.pick(n, 123, '{example.com,example.com,example.com,example.org,example.net,mail.example.net,post.example.org}'::text[]) as address offset 0) made $$;

-- Numbers that regulators keep free for films and books.
create function pg_temp.phone(n bigint) returns text language sql immutable as $$
  select case pg_temp.draw(n, 131, 8)
    when 0 then '+1 (212) 555-01' || two when 1 then '+1 415 555 01' || two when 2 then '+44 20 7946 0' || three
    when 3 then '020 7946 0' || three when 4 then '+33 1 99 00 ' || two || ' ' || right(three, 2) when 5 then '+33 6 39 98 ' || two || ' ' || right(three, 2)
    when 6 then '+49 30 23125 ' || three else '+49 (0)40 66969 ' || three end
  from (select lpad(pg_temp.draw(n, 132, 100)::text, 2, '0') as two, lpad(pg_temp.draw(n, 133, 1000)::text, 3, '0') as three) digits $$;

-- 198.18.0.0/15 is for benchmarks, 2001:db8::/32 for documentation.
create function pg_temp.address_of(n bigint) returns inet language sql immutable as $$
  select case pg_temp.draw(n, 141, 8) when 0 then '2001:db8::'::inet + pg_temp.draw(n, 142, 1000000000000) when 1 then '10.0.0.0'::inet + pg_temp.draw(n, 142, 16777216)
    else '198.18.0.0'::inet + pg_temp.draw(n, 142, 131072) end $$;

-- Tax numbers with right check characters: Spanish ones not reached yet, French ones of people born abroad in no month.
create function pg_temp.tax_id(n bigint) returns text language sql immutable as $$
  select case pg_temp.draw(n, 171, 2)
    when 0 then (99900000 + serial)::text || substr('TRWAGMYFPDXBNJZSQVHLCKE', 1 + ((99900000 + serial) % 23)::integer, 1)
    else nir || ' ' || lpad((97 - replace(nir, ' ', '')::bigint % 97)::text, 2, '0') end
  from (select serial, 1 + n % 2 || ' ' || 60 + n % 40 || ' 20 99 ' || lpad((serial % 1000)::text, 3, '0') || ' ' || lpad((serial % 991)::text, 3, '0') as nir
        from (select pg_temp.draw(n, 172, 100000) as serial) drawn) made $$;

-- 00:00:5e:00:53 is for documentation.
create function pg_temp.device(n bigint) returns jsonb language sql immutable as $$
  select jsonb_build_object('os', case when n % 2 = 0 then 'ios' else 'android' end, 'ip', host(pg_temp.address_of(n)), 'mac', '00:00:5e:00:53:' || lpad(to_hex(n % 256), 2, '0'),
    'agent', case when n % 2 = 0 then 'ShopApp/' || 3 + n % 4 || '.' || n % 10 || ' (iPhone; iOS 1' || n % 8 || '.2)' else 'Mozilla/5.0 (Linux; Android 1' || n % 5 || '; SM-G99' || n % 10 || 'B) Chrome/12' || n % 10 || '.0 Mobile' end) $$;

-- A number with a brand's prefix and length, and Luhn's check digit.
create function pg_temp.card(n bigint) returns text language sql immutable as $$
  select body || ((10 - (select sum(case when (length(body) - i) % 2 = 0 then (d * 2) / 10 + (d * 2) % 10 else d end)
                         from generate_series(1, length(body)) i, lateral (select substr(body, i, 1)::integer as d) digit) % 10) % 10)::text
  from (select left(prefix || lpad(pg_temp.draw(n, 152, 1000000000000000)::text, 15, '0'), case when prefix like '3%' then 14 else 15 end) as body
        from (select pg_temp.pick(n, 151, '{453201,402400,448556,491612,510510,525412,540500,222300,371449,345678,601100}'::text[]) as prefix) brand) made $$;
create function pg_temp.iban(n bigint) returns text language sql immutable as $$
  select land || lpad((98 - ((account || code || '00')::numeric % 97))::text, 2, '0') || account
  from (select split_part(shape, '|', 1) as land, split_part(shape, '|', 2) as code,
               lpad(pg_temp.draw(n, 162, 1000000000000000000)::text, split_part(shape, '|', 3)::integer, '7') as account
        from (select pg_temp.pick(n, 161, '{DE|1314|18,DE|1314|18,ES|1428|20,PL|2521|24}'::text[]) as shape) chosen) made $$;

-- A letter with its gaps filled: a name and what to write there, in turns; what is NULL was not given.
create function pg_temp.told(letter text, variadic words text[]) returns text language plpgsql immutable as $$
begin
  for i in 1 .. array_length(words, 1) by 2 loop
    letter := replace(letter, '{' || words[i] || '}', coalesce(words[i + 1], '(not given)'));
  end loop;
  return letter;
end $$;

-- Row counts: hundredths of the whole; events take what is left.
create temporary table size as
  select whole, whole * 10 / 100 as customers, whole * 2 / 100 as credits, whole * 2 / 100 as second_homes, whole / 100 as newsletter,
         whole * 14 / 100 as orders, whole * 2 / 100 as tickets, whole / 100 as returns, whole / 100 as audit,
         greatest(60, whole / 400) as products, greatest(30, whole / 2000) as employees
  from (select greatest(2000, current_setting('masque_demo.rows')::bigint) as whole) asked;

create temporary table town as
  select row_number() over () - 1 as id, split_part(line, '|', 1) as city, nullif(split_part(line, '|', 2), '') as region, split_part(line, '|', 3) as country, split_part(line, '|', 4) as postcode
  from unnest('{Berlin||DE|10###,Hamburg||DE|20###,München|Bayern|DE|80###,Köln|Nordrhein-Westfalen|DE|50###,Görlitz|Sachsen|DE|028##,Tübingen|Baden-Württemberg|DE|720##,
    Wien||AT|1##0,Graz|Steiermark|AT|80##,Zürich|ZH|CH|80##,Genève|GE|CH|12##,Paris|Île-de-France|FR|750##,Lyon|Auvergne-Rhône-Alpes|FR|690##,Nîmes|Occitanie|FR|300##,
    London||GB|SW1A #AA,Leeds|West Yorkshire|GB|LS# #AB,Edinburgh|Scotland|GB|EH# #YZ,Dublin|Leinster|IE|D0# X2##,Amsterdam|Noord-Holland|NL|10## AB,Utrecht||NL|35## CD,
    Madrid|Madrid|ES|280##,A Coruña|Galicia|ES|150##,Milano|MI|IT|201##,Roma|RM|IT|001##,Lisboa||PT|1#00-0##,Kraków|Małopolskie|PL|30-###,Łódź||PL|90-###,
    Praha||CZ|1## 00,København||DK|1###,Malmö|Skåne|SE|21# ##,Oslo||NO|01##,Helsinki||FI|00##0,New York|NY|US|100##,Portland|OR|US|972##,Austin|TX|US|787##,Montréal|QC|CA|H#X #Y#,Toronto|ON|CA|M#V #K#}'::text[]) as line;

-- The business

insert into stores (id, name, city, country, phone, opened_on)
select id + 1, 'Shop ' || city, city, country, case when id % 5 <> 4 then pg_temp.phone(id) end, date '2009-03-01' + (id * 97)::integer
from town where id < 12 or id in (13, 19, 21, 24, 31, 34);
select setval('stores_id_seq', (select max(id) from stores));

insert into hr.employees (id, manager_id, store_id, username, first_name, last_name, email, phone, job_title, tax_id, iban, salary, birthday, hired_on, left_on, photo)
overriding system value
select n, case when n > 1 then 1 + (n - 2) / 6 end, (select (array_agg(id order by id))[1 + n % 18] from stores),
       coalesce(nullif(left(pg_temp.plain(first), 1) || case when n % 7 = 0 then '.' else '' end || pg_temp.plain(last), ''), 'staff') || n, first, last, 'staff.' || pg_temp.email(n, first, last), pg_temp.phone(n + 5000),
       case when n = 1 then 'Managing director' when n <= 7 then 'Head of region' when n <= 30 then 'Store manager' else pg_temp.pick(n, 201, '{Sales assistant,Sales assistant,Support agent,Warehouse clerk,Buyer,Accountant}'::text[]) end,
       case when n % 5 > 0 then pg_temp.tax_id(n) end, pg_temp.iban(n + 5000),
       case when pg_temp.draw(n, 202, 20) > 0 then round((27000 + 90000 / (1 + n / 6) + pg_temp.draw(n, 203, 14000))::numeric, 2) end,
       date '1961-01-01' + pg_temp.draw(n, 204, 15000)::integer, date '2009-03-01' + pg_temp.draw(n, 205, 5000)::integer,
       case when n > 30 and pg_temp.draw(n, 206, 9) = 0 then date '2023-01-01' + pg_temp.draw(n, 207, 1000)::integer end,
       case when pg_temp.draw(n, 208, 4) = 0 then decode('89504e470d0a1a0a' || md5(n::text), 'hex') end
from (select n, pg_temp.first_name(n + 70000) as first, pg_temp.last_name(n + 70000) as last from size, generate_series(1, size.employees) n offset 0) people;
select setval('hr.employees_id_seq', (select max(id) from hr.employees));

insert into categories (id, parent_id, name, slug)
select row_number() over (), case when row_number() over () > 6 then 1 + (row_number() over ()) % 6 end, name, lower(replace(name, ' ', '-'))
from unnest('{Home,Kitchen,Garden,Office,Travel,Games,Lamps,Pans,Seeds,Pens,Bags,Puzzles,Chairs,Knives,Pots,Paper,Maps,Cards,Rugs,Bowls,Tools,Notebooks,Bottles,Dice}'::text[]) as name;
select setval('categories_id_seq', 24);

insert into products (id, sku, name, description, price, tags, attributes, active, created_at)
select n, chr(65 + (n % 26)::integer) || chr(65 + (n / 26 % 26)::integer) || '-' || lpad(n::text, 6, '0'),
       adjective || ' ' || noun || case when n > 400 then ' No. ' || n / 400 else '' end,
       case when pg_temp.draw(n, 211, 6) > 0 then 'A ' || lower(adjective) || ' ' || lower(noun) || ', made of ' || material || '. Ships in ' || 1 + n % 5 || ' days.' end,
       (array[4.90, 9.90, 12.50, 19.00, 24.95, 39.00, 79.00, 149.00])[1 + pg_temp.draw(n, 212, 8)],
       case pg_temp.draw(n, 213, 4) when 0 then '{}' when 1 then array[material] else array[material, lower(adjective)] end,
       jsonb_build_object('weight_g', 50 + pg_temp.draw(n, 214, 4000), 'material', material, 'sizes', case when n % 3 = 0 then '["S","M","L"]'::jsonb else '[]'::jsonb end),
       pg_temp.draw(n, 215, 12) > 0, timestamptz '2019-01-01 08:00Z' + pg_temp.draw(n, 216, 126000000) * interval '1 second'
from (select n, pg_temp.pick(n, 217, '{Quiet,Bright,Sturdy,Folding,Little,Great,Blue,Copper,Plain,Winter,Travelling,Evening}'::text[]) as adjective,
             pg_temp.pick(n, 218, '{Lamp,Pan,Chair,Notebook,Pen,Bag,Puzzle,Knife,Bowl,Rug,Map,Bottle,Vase,Clock,Kettle,Blanket,Shelf,Basket}'::text[]) as noun,
             pg_temp.pick(n, 219, '{oak,linen,steel,copper,wool,glass,paper,cork}'::text[]) as material from size, generate_series(1, size.products) n offset 0) things;
select setval('products_id_seq', (select max(id) from products));

insert into product_categories (product_id, category_id, position)
select id, 1 + (id * 5 + k * 7) % 24, case when k = 0 then 1 end from products, generate_series(0, 2) k where k <= id % 3;

insert into promotions (code, during, discount)
select 'SAVE' || 1000 + n, daterange(date '2023-01-10' + 90 * n, date '2023-01-10' + 90 * n + 14), 0.05 * (1 + n % 5) from generate_series(0, 11) n;

-- The people

insert into customers (id, account_no, public_id, first_name, last_name, display_name, email, phones, birthday, company, profile, last_login_ip, created_at, updated_at)
overriding system value
select n, 10000000 + 7 * (n - 1), pg_temp.uuid4(n, 1), first, last, case when n % 4 > 0 then first || ' ' || left(last, 1) || '.' end, email,
       case pg_temp.draw(n, 301, 10) when 0 then null when 1 then '{}'::text[] when 2 then array[pg_temp.phone(n), pg_temp.phone(n + 1)] when 3 then array[pg_temp.phone(n), null] else array[pg_temp.phone(n)] end,
       case when pg_temp.draw(n, 302, 8) > 0 then date '1938-01-01' + pg_temp.draw(n, 303, 25500)::integer end,
       case when pg_temp.draw(n, 304, 10) < 3 then pg_temp.company(pg_temp.skewed(n, 305, 1 + customers / 8)) end,
       case when pg_temp.draw(n, 306, 12) = 0 then '{}'::jsonb else jsonb_strip_nulls(jsonb_build_object(
         'nickname', case when n % 3 = 0 then lower(left(first, 4)) || n end,
         'locale', pg_temp.pick(n, 307, '{de_DE,de_DE,en_GB,en_US,fr_FR,es_ES,pl_PL}'::text[]),
         'theme', case when n % 4 = 0 then 'dark' end,
         'contact', jsonb_build_object('email', email, 'phones', case when n % 2 = 0 then jsonb_build_array(
           jsonb_build_object('type', 'home', 'number', pg_temp.phone(n)), jsonb_build_object('type', 'store', 'number', '+49 30 23125 000')) end),
         'website', case when n % 7 = 0 then 'https://' || pg_temp.plain(last) || n || '.example.net/about/' || pg_temp.plain(first) || '.html' end,
         'devices', case when n % 5 < 2 then jsonb_build_array(pg_temp.device(n)) end)) end,
       case when pg_temp.draw(n, 308, 7) > 0 then pg_temp.address_of(n) end, born, born + pg_temp.draw(n, 309, 31000000) * interval '1 second'
from (select n, customers, first, last, pg_temp.email(n, first, last) as email, timestamptz '2019-04-01 07:00Z' + (n * 113000000::numeric / customers)::bigint * interval '1 second' + pg_temp.draw(n, 310, 86400) * interval '1 second' as born
      from (select n, customers, pg_temp.first_name(n) as first, pg_temp.last_name(n) as last from size, generate_series(1, size.customers) n offset 0) named offset 0) people;
select setval('customers_id_seq', (select max(id) from customers)), setval('account_no_seq', (select max(account_no) from customers));

insert into store_credits (account_no, redeem_code, balance, expires_on)
select 10000000 + 7 * (5 * n - 1), upper(substr(md5('credit' || n), 1, 16)), 5 * pg_temp.draw(n, 321, 40), case when n % 4 > 0 then date '2025-06-30' + pg_temp.draw(n, 322, 700)::integer end
from size, generate_series(1, size.credits) n;

-- Everyone has one default address; some also have a second.
insert into addresses (id, customer_id, kind, recipient, street, city, region, postcode, country, is_default, created_at)
select n, c.id, (case when n > customers then 'work' when pg_temp.draw(n, 331, 30) = 0 then 'pickup' else 'home' end)::address_kind,
       case when n > customers and c.company is not null then c.company else c.full_name end,
       case when town.country in ('GB', 'IE', 'US', 'CA', 'FR') then pg_temp.draw(n, 332, 180) + 1 || ' ' || street else street || ' ' || pg_temp.draw(n, 332, 180) + 1 || case when n % 11 = 0 then 'b' else '' end end,
       city, region,
       regexp_replace(regexp_replace(regexp_replace(postcode, '#', (pg_temp.draw(n, 333, 9) + 1)::text), '#', (pg_temp.draw(n, 334, 10))::text), '#', (pg_temp.draw(n, 335, 10))::text),
       country, n <= customers, c.created_at
from (select n, customers, case when n <= customers then n else (n - customers) * 5 - 2 end as customer_id,
             pg_temp.skewed(n, 336, 36) as town_id,
             pg_temp.pick(n, 337, '{Lindenstraße,Hauptstraße,Am Bach,Gartenweg,Bahnhofstraße,High Street,Station Road,Church Lane,Mill Lane,rue de la Gare,rue Victor Hugo,avenue des Tilleuls,Calle Mayor,Calle del Sol,via Roma,via Garibaldi,ulica Długa,Kungsgatan,Maple Avenue,Oak Street,Elm Street,Náměstí Míru}'::text[]) as street
      from size, generate_series(1, size.customers + size.second_homes) n offset 0) homes
join customers c on c.id = customer_id join town on town.id = town_id order by n;
select setval('addresses_id_seq', (select max(id) from addresses));

-- People sign up twice, and not always in the same case.
insert into newsletter (email, source, signup_ip, signed_up_at)
select case n % 9 when 0 then upper(email) when 1 then initcap(email) else email end, pg_temp.pick(n, 341, '{checkout,checkout,footer,popup,NULL}'::text[]), case when n % 6 > 0 then pg_temp.address_of(id) end,
       created_at + (n % 400) * interval '1 day'
from size, generate_series(1, size.newsletter) n join customers on id = 1 + n / 2 * 13;

-- What they did: orders know their items before they know their total.

create temporary table cart as
  select n, 1 + pg_temp.skewed(n, 401, customers) as customer_id, 1 + least(pg_temp.draw(n, 402, 4), pg_temp.draw(n, 403, 4)) as lines, products,
         timestamptz '2023-01-01 06:00Z' + (n * 94600000::numeric / orders)::bigint * interval '1 second' as placed_at
  from size, generate_series(1, size.orders) n;

insert into order_items (order_id, line_no, product_id, quantity, unit_price, discount)
select c.n, line_no, p.id, case when pg_temp.draw(c.n * 8 + line_no, 404, 5) = 0 then 2 + pg_temp.draw(c.n * 8 + line_no, 405, 5) else 1 end, p.price, case when pg_temp.draw(c.n, 406, 12) = 0 then 0.100 else 0 end
from cart c, generate_series(1, c.lines) line_no join products p on true
where p.id = 1 + pg_temp.skewed(c.n * 8 + line_no, 407, c.products) order by 1, 2;

insert into orders (id, order_no, customer_id, store_id, address_id, promotion_id, status, ship_to_name, contact_email, gift_message, currency, total, placed_at, shipped_at, updated_at)
select c.n, 'SO-' || lpad((999 + c.n)::text, 8, '0'), p.id, (shop.ids)[1 + pg_temp.skewed(c.n, 411, 18)], case when pg_temp.draw(c.n, 412, 12) > 0 then p.id end,
       case when pg_temp.draw(c.n, 413, 15) = 0 then 1 + c.n % 12 end, status::order_status, p.full_name, case when pg_temp.draw(c.n, 414, 30) = 0 then upper(p.email) when pg_temp.draw(c.n, 414, 30) > 3 then p.email end,
       case when pg_temp.draw(c.n, 415, 50) = 0 then pg_temp.told(pg_temp.pick(c.n, 420, array[
         'Happy birthday, {friend}! With love from {first}', 'Dear {friend}, thank you for the lovely weekend. Call me: {phone}. {name}', 'Liebe {friend}, alles Gute! Herzlich, {first}',
         'Joyeux anniversaire {friend} ! Bises, {first} ({email})', 'Congratulations on the new flat!']),
         'friend', pg_temp.pick(c.n, 422, '{Emma,Paula,Oliver,Sophie,Laura,Thomas,Chiara,Marie}'::text[]), 'first', p.first_name, 'name', p.full_name, 'email', p.email, 'phone', p.phones[1]) end,
       case when pg_temp.draw(c.n, 416, 9) = 0 then 'USD' when pg_temp.draw(c.n, 416, 9) = 1 then 'GBP' else 'EUR' end, t.total, c.placed_at,
       case when status in ('shipped', 'delivered', 'refunded') then c.placed_at + (1 + pg_temp.draw(c.n, 417, 300000)) * interval '1 second' end, c.placed_at + pg_temp.draw(c.n, 418, 900000) * interval '1 second'
from (select *, pg_temp.pick(n, 419, '{delivered,delivered,delivered,delivered,delivered,delivered,shipped,shipped,paid,placed,cart,cancelled,refunded}'::text[]) as status from cart offset 0) c
join customers p on p.id = c.customer_id
join (select order_id, sum(line_total) as total from order_items group by order_id) t on t.order_id = c.n
cross join (select array_agg(id order by id) as ids from stores) shop order by c.n;
select setval('orders_id_seq', (select max(id) from orders)), setval('order_no_seq', (select 999 + max(id) from orders));

insert into returns (order_id, line_no, quantity, reason, returned_at)
select o.id, 1, 1, pg_temp.pick(o.id, 421, '{too small,broken,wrong colour,changed my mind,NULL}'::text[]), o.shipped_at + (3 + o.id % 25) * interval '1 day'
from orders o where o.shipped_at is not null order by o.id desc limit (select returns from size);

insert into payments (order_id, customer_id, method, amount, cardholder, card_number, card_expires, iban, client_ip, paid_at)
select o.id, o.customer_id, method::payment_method, o.total, case when method = 'card' then case when o.id % 4 = 0 then upper(o.ship_to_name) else o.ship_to_name end end,
       case when method = 'card' then pg_temp.card(o.customer_id) end, case when method = 'card' then (date '2026-01-01' + pg_temp.draw(o.customer_id, 431, 48) * interval '1 month')::date end,
       case when method = 'transfer' then pg_temp.iban(o.customer_id) end, case when pg_temp.draw(o.id, 432, 5) > 0 then pg_temp.address_of(o.customer_id) end, o.placed_at + pg_temp.draw(o.id, 433, 7200) * interval '1 second'
from (select *, pg_temp.pick(id, 434, '{card,card,card,card,card,transfer,transfer,cash,voucher}'::text[]) as method from orders offset 0) o
where o.status not in ('cart', 'placed', 'cancelled') order by o.id;

-- Letters, as people write them: with names, addresses and numbers anywhere, their own and other people's.
create temporary table letter (id serial, label text, subject text, body text);
insert into letter (label, subject, body) values
  ('delivery', 'Where is {order}?', E'Hello,\n\nmy order {order} has still not arrived, although the tracking page says "delivered". Mrs {neighbour} next door has not seen it either. You can reach me at {phone} or {email}.\n\nKind regards\n{name}'),
  ('account', '{name}: new e-mail address', E'{name} wrote from {email}: please use this address from now on, the old one belonged to my former employer. The login from {ip} yesterday was me. If anything is unclear, call {first} on {phone}.'),
  ('refund', 'Charged twice for {order}', E'Hi,\n\nyou charged my card {card} twice for {order}. Mr {neighbour} at my bank told me to write to you first. Please refund one of the two payments and confirm it to {email}.\n\nThanks,\n{first}'),
  ('refund', 'Refund for {order}', E'Please refund {order} to my account {iban}, in the name of {name}. I no longer have the card that I paid with.'),
  ('account', 'Change of name for {name}', E'Dear support team,\n\nI got married: please change my name from {name} to {first} {neighbour} on all invoices. Everything else stays as it is.\n\nBest wishes\n{first}'),
  ('delivery', 'Broken on arrival', E'Hi! {first} here. The bowl from {order} was broken on arrival. Emma Brown opened the parcel with me and took photos. Could you call {phone}? Thanks'),
  (null, 'Please call me', E'I never got an answer!!! {name}, {email}, {phone}'),
  (null, 'How do I wash the linen bag?', E'How do I wash the linen bag? The label only says 30 degrees, and the last one has shrunk by 2 inches.'),
  ('delivery', 'Wo bleibt {order}?', E'Guten Tag,\n\nmein Name ist {name}, und ich warte seit zwei Wochen auf {order}. Laut Zusteller liegt das Paket bei Frau {neighbour}, dort weiß aber niemand davon. Bitte melden Sie sich unter {email} oder {phone}.\n\nMit freundlichen Grüßen\n{name}'),
  ('refund', 'Erstattung zu {order}', E'Sehr geehrte Damen und Herren,\n\nbitte erstatten Sie den Betrag für {order} auf das Konto {iban}. Kontoinhaber: {name}.\n\nViele Grüße\n{first}'),
  ('delivery', 'Commande {order} cassée', E'Bonjour,\n\nla commande {order} est arrivée cassée. Ma voisine, Mme {neighbour}, a vu le livreur jeter le colis. Merci de me rembourser ou de m''appeler au {phone}.\n\nCordialement,\n{name} ({email})'),
  ('account', 'Connexion suspecte', E'Bonjour, je m''appelle {name}. Quelqu''un s''est connecté à mon compte depuis l''adresse {ip}, ce n''était pas moi. Merci de répondre à {email}.'),
  ('account', 'Cambio de dirección', E'Hola, soy {name}. Me he mudado y el pedido {order} salió a la dirección antigua, donde ahora vive la señora {neighbour}. ¿Pueden llamarme al {phone} o escribirme a {email}? Gracias, {first}');

insert into tickets (customer_id, order_id, assigned_to, reply_to, status, priority, labels, subject, body, internal_note, opened_at, closed_at, updated_at)
select c.id, o.id, e.id, case pg_temp.draw(n, 443, 12) when 0 then upper(c.email) when 1 then initcap(c.email) else c.email end, t.status, 1 + pg_temp.draw(n, 444, 5),
       case pg_temp.draw(n, 445, 4) when 0 then null when 1 then array_remove(array['vip', l.label], null) else array_remove(array[l.label], null) end,
       pg_temp.told(l.subject, 'order', o.order_no, 'name', c.full_name),
       pg_temp.told(l.body, 'order', o.order_no, 'name', c.full_name, 'first', c.first_name, 'email', c.email, 'phone', c.phones[1], 'neighbour', pg_temp.last_name(n + 90000),
         'ip', host(pg_temp.address_of(c.id)), 'card', pg_temp.card(c.id), 'iban', pg_temp.iban(c.id)),
       case when pg_temp.draw(n, 448, 3) = 0 then pg_temp.told('{agent}: spoke to {first}, will call back on {phone}.', 'agent', e.first_name, 'first', c.first_name, 'phone', c.phones[1]) end,
       opened, case when t.status = 'closed' then opened + pg_temp.draw(n, 449, 900000) * interval '1 second' end, opened + interval '1 hour'
from (select n, employees, pg_temp.pick(n, 450, '{open,waiting,closed,closed,closed,closed}'::text[]) as status, 1 + pg_temp.skewed(n, 451, orders) as order_id,
             1 + pg_temp.draw(n, 447, (select count(*) from letter)) as letter_id from size, generate_series(1, size.tickets) n offset 0) t
join letter l on l.id = t.letter_id join orders o on o.id = t.order_id join customers c on c.id = o.customer_id
left join hr.employees e on e.id = case when pg_temp.draw(n, 441, 10) > 0 then 1 + pg_temp.draw(n, 442, employees) end
cross join lateral (select o.placed_at + pg_temp.draw(n, 452, 2000000) * interval '1 second' as opened offset 0) at order by n;

insert into audit_log (at, table_name, row_key, action, changed_by, old_row, new_row)
select c.created_at + interval '3 days', 'customers', c.id::text, 'UPDATE', 'shop_app', to_jsonb(c) || jsonb_build_object('email', 'old.' || c.email), to_jsonb(c)
from size, generate_series(1, size.audit) n join customers c on c.id = n;

-- Sessions of about six events; the newest months are the fullest, and what is older than 2025 sits in the default partition.
insert into events (occurred_at, customer_id, session_id, kind, client_ip, payload)
select timestamptz '2024-11-15 00:00Z' + (power(n::float8 / total, 0.7) * 35500000)::bigint * interval '1 second',
       case when visit % 3 > 0 then customer_id end, pg_temp.uuid4(visit, 2), kind, case when visit % 9 > 0 then pg_temp.address_of(customer_id) end,
       case kind when 'view' then jsonb_build_object('product', 1 + pg_temp.skewed(n, 461, products)) when 'search' then jsonb_build_object('terms', pg_temp.pick(n, 462, '{lamp,blue bowl,gift,rug,kettle}'::text[]))
                 when 'login' then jsonb_build_object('user', lower((select email from customers c where c.id = customer_id)), 'ok', n % 17 > 0) else '{}' end
from (select n, total, products, n / 6 as visit, 1 + pg_temp.skewed(n / 6, 463, customers) as customer_id, pg_temp.pick(n, 464, '{view,view,view,view,search,basket,login,logout}'::text[]) as kind
      from size, lateral (select whole - (select count(*) from stores) - (select count(*) from hr.employees) - (select count(*) from categories) - (select count(*) from products) - (select count(*) from product_categories)
                            - (select count(*) from promotions) - (select count(*) from customers) - (select count(*) from store_credits) - (select count(*) from addresses) - (select count(*) from newsletter)
                            - (select count(*) from orders) - (select count(*) from order_items) - (select count(*) from returns) - (select count(*) from payments) - (select count(*) from tickets)
                            - (select count(*) from audit_log) as total) rest, generate_series(1, rest.total) n offset 0) clicks;

drop table pg_temp.letter, pg_temp.cart, pg_temp.town, pg_temp.size;
drop function pg_temp.told, pg_temp.device, pg_temp.tax_id, pg_temp.iban, pg_temp.card, pg_temp.address_of, pg_temp.phone, pg_temp.email, pg_temp.plain, pg_temp.company, pg_temp.last_name, pg_temp.first_name, pg_temp.uuid4, pg_temp.pick, pg_temp.skewed, pg_temp.unit, pg_temp.draw;
reset timezone;
