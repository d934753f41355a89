// Package store keeps the management plane's rows in SQL: SQLite by default,
// PostgreSQL when the platform is clustered.
//
// One SQL text serves both engines: parameters are $1, $2, …; times are BIGINT
// microseconds since the epoch in UTC (Micros, Time); booleans are INTEGER 0/1;
// lists and documents are TEXT that holds JSON; comparisons that ignore case
// use lower() on both sides. Everything an engine does differently lives in
// engine.go. A schema file named after an engine is for that one, and may only
// tune.
//
// There is one writer at a time (Write): a quota that is read and an insert
// that follows cannot be overtaken, and published changes have one order.
// SQLite gives that by its single writer connection, PostgreSQL by an advisory
// lock taken at the start of each write transaction. A writer that comes often
// can ask whether it was the last one (WriteAfter), and keep what it has read.
//
// Areas own their tables and may read any; schema files are numbered across
// all areas and merged here. The package imports no plane.
package store
