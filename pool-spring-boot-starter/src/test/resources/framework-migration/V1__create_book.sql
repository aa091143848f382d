create table book (
    id bigint primary key,
    title varchar(100) not null,
    cover bytea,
    scan oid
);
