// Package tunnel joins callers with backends that have answered 101 to them. Both
// edges hand their connections over to it.
//
// It owns the head of that answer, the copying in both directions, and the places: so
// many tunnels may be open at the same time, and draining ends them. It does not judge
// which request may become a tunnel (package gateway does), and does not take a
// connection away from who read its request (the edge does).
//
// Invariants:
//
//   - A tunnel ends when one side ends and the other has had a moment to finish, when
//     nothing came for Options.Idle, when one side takes nothing for
//     Options.WriteTimeout, or with Close. Its call is then finished and released, once.
//   - An idle tunnel holds two small stacks and some hundred bytes: a large buffer is
//     borrowed only while data flows.
//   - Close returns when every call that was announced with Enter is finished.
package tunnel
