alter table visits add primary key (id);
create index on visits (at);
create index on visits (email);
