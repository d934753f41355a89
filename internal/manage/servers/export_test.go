package servers

// Parse is the one spelling of an address and its version.
func Parse(v string) (addr string, version int, fault error) { return parse("addr", v) }
