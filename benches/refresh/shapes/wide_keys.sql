-- What the source knows of its people beyond the rows.

alter table regions add primary key (id);
alter table countries add primary key (code);
select format(statement, number) from part, (values
  (1, 'alter table people_%1$s add primary key (id)'),
  (2, 'alter table people_%1$s add unique (email)'),
  (3, 'create index on people_%1$s (last_name, first_name)'),
  (4, 'create index on people_%1$s (region_id)'),
  (5, 'create index on people_%1$s (created_at)'),
  (6, 'alter table people_%1$s add foreign key (region_id) references regions (id)'),
  (7, 'alter table people_%1$s add foreign key (country) references countries (code)')) of_each (at, statement) order by number, at \gexec
