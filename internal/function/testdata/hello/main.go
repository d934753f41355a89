// Command hello is a function as the Go compiler makes it. It greets, and tells
// what it sees of the world.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
)

type answer struct {
	Args        []string `json:"args"`
	Environment []string `json:"environment"`
	Files       string   `json:"files"`
	Network     string   `json:"network"`
	Hello       string   `json:"hello"`
}

func main() {
	var event struct {
		Name string `json:"name"`
		Eat  bool   `json:"eat"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&event); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if event.Eat {
		var all [][]byte
		for {
			all = append(all, make([]byte, 1<<20))
		}
	}
	fmt.Fprintln(os.Stderr, "greeting", event.Name)
	a := answer{Args: os.Args, Environment: os.Environ(), Files: "seen", Network: "seen", Hello: event.Name}
	if _, err := os.ReadDir("/"); err != nil {
		a.Files = "refused"
	}
	if _, err := net.Dial("tcp", "127.0.0.1:1"); err != nil {
		a.Network = "refused"
	}
	if err := json.NewEncoder(os.Stdout).Encode(a); err != nil {
		os.Exit(2)
	}
}
