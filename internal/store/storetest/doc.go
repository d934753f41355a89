// Package storetest gives tests a database of each engine, empty but for the
// schema, and holds the suite that both engines must pass.
//
// SQLite needs nothing. PostgreSQL is found through LINTEL_TEST_POSTGRES, the
// URL of a server on which databases may be created; scripts/engines.sh starts
// a private one. Without it the PostgreSQL half is skipped, but not in CI,
// where a missing engine is a failure. The package is imported by tests only.
package storetest
