package app

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lintel-gateway/lintel/internal/config"
)

func serveCommand(environ []string) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the management APIs and the gateway.",
		Long: `Serve starts the management APIs, the gateway and the operators' listener in one
process, and ends after SIGTERM or SIGINT once running calls are done.

Every setting is a flag, an environment variable LINTEL_… and a line of the YAML
file that --config names; the flag wins, then the environment, then the file.`,
		Args: strict(cobra.NoArgs),
	}
	config.Flags(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := config.Load(c.Flags(), environ)
		if err != nil {
			return usageError{err}
		}
		return serve(c.Context(), cfg, c.OutOrStdout(), c.ErrOrStderr())
	}
	return c
}

func serve(ctx context.Context, cfg *config.Config, stdout, stderr io.Writer) error {
	p, err := Start(ctx, cfg, Output{Log: stderr, Stdout: stdout, People: stdout})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Lintel serves management at %s and API calls at http://%s", p.ManagementURL(), p.GatewayAddr())
	if p.GatewayTLSAddr() != "" {
		fmt.Fprintf(stdout, " and https://%s", p.GatewayTLSAddr())
	}
	if p.OpsAddr() != "" {
		fmt.Fprintf(stdout, "; metrics and health at http://%s", p.OpsAddr())
	}
	fmt.Fprintln(stdout, ".")
	return p.Wait(ctx)
}
