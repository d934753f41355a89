package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lintel-gateway/lintel/internal/cli"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // something went wrong
	exitUsage   = 2 // the command line or the configuration is wrong
)

// usageError marks faults that the user mends on the command line or in the
// configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Run executes one command line and answers the exit code. environ has the
// form of os.Environ.
func Run(args, environ []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// A second signal ends the process at once, whatever is still draining.
	context.AfterFunc(ctx, stop)
	root := command(environ)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var silent exitStatus
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &silent):
		return int(silent)
	}
	fmt.Fprintln(stderr, "lintel:", err)
	_, ours := errors.AsType[usageError](err)
	if _, theirs := errors.AsType[cli.UsageError](err); ours || theirs {
		return exitUsage
	}
	return exitFailure
}

// exitStatus ends a command whose output already said everything.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func command(environ []string) *cobra.Command {
	root := &cobra.Command{
		Use:           "lintel",
		Short:         "An open API platform: gateway, identity, quotas and portal in one binary.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see %q)", err, c.CommandPath()+" --help")}
	})
	root.Args = strict(cobra.NoArgs)
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(serveCommand(environ), demoCommand(environ), callCommand(environ), versionCommand())
	root.AddCommand(cli.Commands(environ)...)
	return root
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version.", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "lintel", version()) },
	}
}

// version is what the build recorded: the module version for an installed
// binary, the commit for one built in a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, commit := info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			commit = " (" + s.Value[:12] + ")"
		}
	}
	if v == "" || v == "(devel)" {
		v = "development"
	}
	return v + commit + " " + info.GoVersion
}

// strict makes a wrong number of arguments the user's fault (exit code 2).
func strict(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{fmt.Errorf("%w (see %q)", err, c.CommandPath()+" --help")}
		}
		return nil
	}
}
