using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Sends one notification.</summary>
internal sealed class SendCommand : Command, IHasNotes
{
    private readonly IAnsiConsole _output;
    private readonly IAnsiConsole _messages;
    private readonly EndpointArguments _endpoint = new();
    private readonly InvitationArguments _invitation = InvitationArguments.Required();
    private readonly Option<bool> _verbose =
        new("--verbose") { Description = "Prints the log of the library to standard error." };

    /// <param name="output">The console for the result.</param>
    /// <param name="messages">The console for warnings.</param>
    public SendCommand(IAnsiConsole output, IAnsiConsole messages)
        : base("send", "Sends one notification and prints its outcome.")
    {
        _output = output;
        _messages = messages;
        _endpoint.AddTo(this);
        _invitation.AddTo(this);
        Options.Add(_verbose);
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        Examples:
          invitation-notifier send \
            --url "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%" \
            --invitee 15551231234 --invitor johnsnow --network-id mynetwork
          invitation-notifier send --url http://127.0.0.1:8080/invited --allow-range 127.0.0.0/8 \
            --content-type application/json --post-data '{ "invitee" : "%invitee%", "invitor" : "%invitor%" }' \
            --header "X-Api-Key: secret" --invitee 15551231234 --invitor johnsnow --network-id mynetwork
          invitation-notifier send --config appsettings.json --event accepted \
            --invitee 15551231234 --invitor johnsnow --network-id mynetwork

        Exit codes:
          0  delivered                 4  blocked
          1  wrong usage or settings   5  suspended
          2  rejected                  6  not configured
          3  unreachable               7  unrepresentable

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var invitation = _invitation.Read(parsed);
        ServiceCollection services = new();
        if (parsed.GetValue(_verbose))
        {
            services.AddLogging(AddConsole);
        }

        _endpoint.AddNotifier(services, parsed, invitation.Event);
        await using var container = EndpointArguments.Build(services);
        await EndpointArguments.PrintWarningsAsync(
            _messages,
            container,
            EndpointArguments.FindServices(container, invitation.NetworkId, invitation.Event),
            cancellationToken);

        var notifier = container.GetRequiredService<IInvitationNotifier>();
        var result = await notifier.NotifyAsync(invitation, cancellationToken);

        _output.MarkupLineInterpolated($"{EscapedText.Line(Outcomes.Explain(result))}");
        return ExitCode.Of(result.Outcome);
    }

    private static void AddConsole(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Debug);
        logging.AddSimpleConsole(console => console.ColorBehavior = LoggerColorBehavior.Disabled);
        logging.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
