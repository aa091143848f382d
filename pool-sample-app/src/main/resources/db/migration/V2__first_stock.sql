insert into products (sku, name, price, stock) values
    ('goggles',      'Swimming goggles',    18.50,  40),
    ('kickboard',    'Kickboard',           12.00,  25),
    ('snorkel',      'Snorkel',             24.90,  15),
    ('spring-water', 'Spring water, 0.75 l', 1.20, 500),
    ('towel',        'Bath towel',          15.00,  60);
