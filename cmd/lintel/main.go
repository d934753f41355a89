// Command lintel is the whole platform in one binary; see internal/app.
package main

import (
	"os"

	"github.com/lintel-gateway/lintel/internal/app"
)

func main() {
	app.TuneProcessors(os.LookupEnv)
	app.TuneMemory(os.LookupEnv)
	os.Exit(app.Run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
