// Package api holds the scenarios of our own APIs over real HTTP: the whole
// platform in one process, as internal/app puts it together, once on SQLite
// and once on PostgreSQL.
//
// Three things are checked of every answer, whatever a scenario asks: it has
// the headers that every answer has, its status and error code are declared by
// the operation in our own OpenAPI document, and its body is what the schema
// there says, with no field more. When all scenarios are over, an operation of
// those documents without an asserted success or an asserted refusal fails the
// test, and so do a declared refusal that nothing provoked and a write without
// its audit record.
//
// Many refusals are asked of every operation that the documents list (the
// shared steps), and of every id in a path (tenancy): an operation that is
// added is asked without a line here, or fails for want of a rule.
//
// Scenarios share one platform and work in projects of their own. What one
// area can prove alone, on a fake clock or with rows in a table, is tested in
// the area; what needs a process of its own (signals, restarts) is in test/e2e.
package api
