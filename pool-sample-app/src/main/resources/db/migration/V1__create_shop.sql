create table products (
    sku   varchar(40)    primary key,
    name  varchar(100)   not null,
    price numeric(10, 2) not null check (price >= 0),
    stock integer        not null check (stock >= 0)
);

create table orders (
    id        bigint generated always as identity primary key,
    customer  varchar(100)             not null,
    placed_at timestamp with time zone not null
);

create table order_lines (
    order_id   bigint         not null references orders (id),
    sku        varchar(40)    not null references products (sku),
    quantity   integer        not null check (quantity > 0),
    unit_price numeric(10, 2) not null,
    primary key (order_id, sku)
);
