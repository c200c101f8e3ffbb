alter table kinds add primary key (id);
select format(statement, number) from part, (values
  (1, 'alter table bookings_%1$s add primary key (id)'),
  (2, 'create index on bookings_%1$s (account_no, day)'),
  (3, 'alter table bookings_%1$s add foreign key (kind) references kinds (id)')) of_each (at, statement) order by number, at \gexec
