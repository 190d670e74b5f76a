using System.CommandLine;
using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Sample.Cli;
using Acrobits.InvitationNotifier.Sample.Providers;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>A provider to try things with: prints what arrives, answers 204 or what it is told.</summary>
internal sealed class ListenCommand : Command, IHasNotes
{
    private readonly Option<int> _port = new("--port")
    {
        HelpName = "PORT",
        Description = "The port to listen on; 0 takes any that is free.",
        DefaultValueFactory = _ => 8080,
    };

    private readonly Option<IPAddress> _address = new("--address")
    {
        HelpName = "IP",
        Description = "The address to listen on. The default can be reached from this machine only.",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (!IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                result.AddError("--address wants an IP address, such as 127.0.0.1 or ::1.");
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
        : base("listen", "Runs a provider that prints what arrives. Ctrl+C stops it.")
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
        Examples:
          listen
          listen --port 9000 --status 503

        """;

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var status = parsed.GetValue(_status);
        using Interrupt interrupt = new(onStop: () => { });
        await using var provider = await LoopbackProvider.StartAsync(
            new IPEndPoint(parsed.GetRequiredValue(_address), parsed.GetValue(_port)),
            request =>
            {
                Print($"answered {status}", request);
                return status;
            },
            garbage => Print("no valid request", garbage));

        Terminal.Out.MarkupLineInterpolated(
            $"Listening on [bold]{provider.Address}[/], answering {status}. Ctrl+C stops.");
        await Task.Delay(Timeout.Infinite, interrupt.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Success;
    }

    private void Print(string verdict, byte[] bytes)
    {
        var time = DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

        // Requests arrive side by side; each is printed in one piece.
        lock (_printing)
        {
            Terminal.Out.MarkupLineInterpolated($"[dim]--- {time}, {bytes.Length} bytes, {verdict}[/]");
            Terminal.Out.Profile.Out.Writer.WriteLine(Printable.Wire(bytes).TrimEnd('\n'));
        }
    }
}
