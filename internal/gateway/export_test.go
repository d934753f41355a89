package gateway

// AppendHex is for the test of the digits.
var AppendHex = appendHex
