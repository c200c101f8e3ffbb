-- What the shop gets once its rows are there: foreign keys, indexes, triggers, the materialized view.
-- Triggers come last, so that filling neither writes an audit trail nor touches updated_at.

alter table hr.employees add foreign key (manager_id) references hr.employees (id) on delete set null;
alter table hr.employees add foreign key (store_id) references stores (id);
alter table categories add foreign key (parent_id) references categories (id);
alter table product_categories add foreign key (product_id) references products (id) on delete cascade;
alter table product_categories add foreign key (category_id) references categories (id) on delete cascade;
alter table store_credits add foreign key (account_no) references customers (account_no) on update cascade on delete cascade;
alter table addresses add foreign key (customer_id) references customers (id) on delete cascade;
alter table orders add foreign key (customer_id) references customers (id);
alter table orders add foreign key (store_id) references stores (id);
alter table orders add foreign key (address_id) references addresses (id) on delete set null;
alter table orders add foreign key (promotion_id) references promotions (id);
alter table order_items add foreign key (order_id) references orders (id) on delete cascade;
alter table order_items add foreign key (product_id) references products (id);
alter table returns add foreign key (order_id, line_no) references order_items (order_id, line_no) on delete cascade;
alter table payments add foreign key (order_id) references orders (id) deferrable initially deferred;
alter table payments add foreign key (customer_id) references customers (id);
alter table tickets add foreign key (customer_id) references customers (id) on delete cascade;
alter table tickets add foreign key (order_id) references orders (id) on delete set null;
alter table tickets add foreign key (assigned_to) references hr.employees (id) on delete set null;
alter table events add foreign key (customer_id) references customers (id) on delete cascade;

create unique index customers_email_key on customers (lower(email));
create index customers_name_idx on customers (last_name, first_name);
create index customers_profile_idx on customers using gin (profile jsonb_path_ops);
create unique index addresses_default_key on addresses (customer_id) where is_default;
create index addresses_postcode_idx on addresses (country, postcode) include (city);
create index orders_customer_idx on orders (customer_id, placed_at desc);
create index orders_open_idx on orders (placed_at) where status in ('cart', 'placed', 'paid');
create index order_items_product_idx on order_items (product_id);
create index payments_order_idx on payments (order_id);
create index tickets_customer_idx on tickets (customer_id);
create index events_customer_idx on events (customer_id, occurred_at);
create index products_search_idx on products using gin (search);
create index products_tags_idx on products using gin (tags);

refresh materialized view sales_by_month;
create unique index sales_by_month_key on sales_by_month (month, store_id);

create trigger touch before update on customers for each row execute function touch_updated_at();
create trigger touch before update on orders for each row execute function touch_updated_at();
create trigger touch before update on tickets for each row execute function touch_updated_at();
create trigger audit after update or delete on customers for each row execute function write_audit();
create trigger audit after update of status or delete on orders for each row execute function write_audit();
create trigger audit after insert or update or delete on hr.employees for each row execute function write_audit();

analyze;
