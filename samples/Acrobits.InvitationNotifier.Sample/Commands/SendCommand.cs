using System.CommandLine;
using Acrobits.InvitationNotifier.Sample.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>One real notification.</summary>
internal sealed class SendCommand : Command, IHasNotes
{
    private readonly EndpointArguments _endpoint = new();
    private readonly InvitationArguments _invitation = InvitationArguments.Required();
    private readonly Option<bool> _verbose =
        new("--verbose") { Description = "Shows the library's log on standard error." };

    public SendCommand()
        : base("send", "Sends one notification and says what became of it.")
    {
        _endpoint.AddTo(this);
        _invitation.AddTo(this);
        Options.Add(_verbose);
        SetAction(RunAsync);
    }

    public string Notes =>
        $$"""
        Examples:
          send --url "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%" \
               --invitee 15551231234 --invitor johnsnow --network-id mynetwork
          send --url http://127.0.0.1:8080/invited --allow-range 127.0.0.0/8 --content-type application/json \
               --post-data '{ "invitee" : "%invitee%", "invitor" : "%invitor%" }' --header "X-Api-Key: secret" \
               --invitee 15551231234 --invitor johnsnow --network-id mynetwork
          send --config appsettings.json --invitee 15551231234 --invitor johnsnow --network-id mynetwork

        {{ExitCode.OutcomeNotes}}

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ServiceCollection services = new();
        if (parsed.GetValue(_verbose))
        {
            services.AddLogging(AddConsole);
        }

        _endpoint.AddNotifier(services, parsed);
        await using var container = EndpointArguments.Build(services);

        var notifier = container.GetRequiredService<IInvitationNotifier>();
        var result = await notifier.NotifyAsync(_invitation.Read(parsed), cancellationToken);

        Terminal.Out.MarkupLineInterpolated($"{Printable.Line(Outcomes.Explain(result))}");
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
