-- What the demo shows of both sides: a customer wherever they stand, and what they wrote. Kept ids and labels make
-- the rows comparable.
with c as (
    select c.* from customers c
    where exists (select from orders o join payments p on p.order_id = o.id where o.customer_id = c.id and p.card_number is not null and o.ship_to_name is not null)
      and exists (select from tickets t where t.customer_id = c.id and t.labels && '{account,delivery}')
      and c.phones[1] is not null and c.last_login_ip is not null and c.birthday is not null
    order by c.company is null, c.id limit 2)
select label, value from (
    select c.id, 1 as place, 'customers.id' as label, c.id::text as value from c
    union all select c.id, 2, 'customers.account_no', c.account_no::text from c
    union all select c.id, 3, 'customers.full_name (generated)', c.full_name from c
    union all select c.id, 4, 'customers.email', c.email::text from c
    union all select c.id, 5, 'customers.phones', c.phones::text from c
    union all select c.id, 6, 'customers.birthday', c.birthday::text from c
    union all select c.id, 7, 'customers.company', c.company from c
    union all select c.id, 8, 'customers.last_login_ip', host(c.last_login_ip) from c
    union all select c.id, 9, 'customers.profile', left(c.profile::text, 160) from c
    union all select a.customer_id, 10, 'addresses', a.recipient || ', ' || a.street || ', ' || a.postcode || ' ' || a.city
        from addresses a where a.id in (select min(id) from addresses where customer_id in (select id from c) group by customer_id)
    union all select o.customer_id, 11, 'orders.ship_to_name', o.ship_to_name from orders o
        where o.id in (select min(o.id) from orders o join payments p on p.order_id = o.id
                       where p.card_number is not null and o.ship_to_name is not null and o.customer_id in (select id from c) group by o.customer_id)
    union all select o.customer_id, 12, 'payments.card_number', p.card_number from orders o join payments p on p.order_id = o.id
        where p.id in (select min(p.id) from orders o join payments p on p.order_id = o.id
                       where p.card_number is not null and o.ship_to_name is not null and o.customer_id in (select id from c) group by o.customer_id)
    union all select t.customer_id, 13, 'tickets.body', regexp_replace(t.body, '\s+', ' ', 'g') from tickets t
        where t.id in (select min(t.id) from tickets t where t.labels && '{account,delivery}' and t.customer_id in (select id from c) group by t.customer_id)
) s order by id, place, label
