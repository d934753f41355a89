package acls

// Parse is parse for tests and for fuzzing.
var Parse = parse
