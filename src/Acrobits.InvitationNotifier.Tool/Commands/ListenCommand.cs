using System.CommandLine;
using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Runs a provider for trials. It prints each request, of either event, and answers 204 or another status.</summary>
internal sealed class ListenCommand : Command, IHasNotes
{
    private readonly Option<int> _port = new("--port")
    {
        HelpName = "PORT",
        Description = "The port to listen on. 0: any free port.",
        DefaultValueFactory = _ => 8080,
    };

    private readonly Option<IPAddress> _address = new("--address")
    {
        HelpName = "IP",
        Description = "The address to listen on. Only this machine can reach the default.",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (!IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                result.AddError("--address must be an IP address, such as 127.0.0.1 or ::1.");
            }

            return address;
        },
    };

    private readonly Option<int> _status = new("--status")
    {
        HelpName = "CODE",
        Description = "The status to answer with, 200 to 599.",
        DefaultValueFactory = _ => 204,
    };

    private readonly Lock _printing = new();

    public ListenCommand()
        : base("listen", "Runs a provider that prints each request. Ctrl+C stops it.")
    {
        _port.AcceptRange(0, 65535);
        _status.AcceptRange(200, 599);
        Options.Add(_port);
        Options.Add(_address);
        Options.Add(_status);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    public string Notes =>
        """
        Requests of both events are printed. A template of your own tells them apart, for instance by the path of its URL.

        Examples:
          invitation-notifier listen
          invitation-notifier listen --port 9000 --status 503

        Exit codes:
          0  stopped by Ctrl+C
          1  wrong usage, or the address is in use

        """;

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var status = parsed.GetValue(_status);
        using Interrupt interrupt = new(onStop: () => { });
        await using var provider = await ListeningProvider.StartAsync(
            new IPEndPoint(parsed.GetRequiredValue(_address), parsed.GetValue(_port)),
            request =>
            {
                Print($"answered {status}", request);
                return status;
            },
            garbage => Print("not a valid request", garbage));

        Terminal.Out.MarkupLineInterpolated(
            $"Listening on [bold]{provider.Address}[/], answering {status}. Ctrl+C stops it.");
        await Task.Delay(Timeout.Infinite, interrupt.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Success;
    }

    private void Print(string verdict, byte[] bytes)
    {
        var time = DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

        // Requests arrive concurrently. Each is printed in one piece.
        lock (_printing)
        {
            Terminal.Out.MarkupLineInterpolated($"[dim]--- {time}, {bytes.Length} bytes, {verdict}[/]");
            Terminal.Out.Profile.Out.Writer.WriteLine(EscapedText.Wire(bytes).TrimEnd('\n'));
        }
    }
}
