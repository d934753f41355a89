package telemetry

// The keys of log attributes: the whole vocabulary. internal/archtest holds
// every log call of the program to it, also of packages that must not import
// this one and therefore spell a key out.
const (
	KeyError     = "error" // always an error, never its text in the message
	KeyPanic     = "panic"
	KeyStack     = "stack"
	KeyDetail    = "detail" // why, in words that were shown to the client
	KeyRequestID = "request_id"
	KeyAPIID     = "api_id"
	KeyChannelID = "channel_id"
	KeyAction    = "action"
	KeyStatus    = "status"
	KeyCode      = "code" // of an error or fault
	KeyRemote    = "remote"
	KeyDatabase  = "database" // without its password
	KeyRecords   = "records"  // a number
	KeyChanges   = "changes"  // a number
	KeyCount     = "count"
	KeyDrain     = "drain_timeout"
)
