// Command profiled is lintel that writes a profile of its processor time to the file
// named by LINTEL_PROFILE, from its start to its end, when there is such a variable.
// `bench -profile` loads it; nobody else runs it, because the released binary has
// no switch by which it could be made to write files.
package main

import (
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/lintel-gateway/lintel/internal/app"
)

func main() {
	app.TuneProcessors(os.LookupEnv)
	app.TuneMemory(os.LookupEnv)
	code, err := run(os.Getenv("LINTEL_PROFILE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "profiled:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(path string) (code int, err error) {
	if path == "" {
		return app.Run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr), nil
	}
	f, err := os.Create(path)
	if err != nil {
		return 1, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return 1, err
	}
	code = app.Run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	pprof.StopCPUProfile()
	return code, f.Close()
}
