-- What PostgreSQL has by itself. A statement notices between two calls that it has been cancelled.
create alias pg_sleep for 'dev.naiad.sample.scenario.H2Functions.sleep';
