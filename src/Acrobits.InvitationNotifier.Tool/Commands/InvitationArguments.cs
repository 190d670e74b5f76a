using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Check;
using Acrobits.InvitationNotifier.Tool.Cli;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>The options for the three values and the event of an invitation.</summary>
internal sealed class InvitationArguments
{
    private readonly Option<string> _invitee =
        Create("--invitee", "PHONE", "The phone number of the invited user.");

    private readonly Option<string> _invitor =
        Create("--invitor", "USER", "The SIP user name of the inviting user.");

    private readonly Option<string> _networkId =
        Create("--network-id", "ID", "The network id, typically the Cloud ID of the app.");

    private readonly EventOption _event;

    private InvitationArguments(string eventDescription) => _event = new EventOption(eventDescription);

    public static InvitationArguments Required()
    {
        InvitationArguments arguments = new("What happened, which selects the web service. [default: created]");
        arguments._invitee.Required = arguments._invitor.Required = arguments._networkId.Required = true;
        return arguments;
    }

    /// <summary>The defaults are the values of the web service's documentation.</summary>
    public static InvitationArguments WithDefaults()
    {
        InvitationArguments arguments = new(
            "What happened, which selects the web service. [default: with --config, each that is configured; with --url, created]");
        arguments._invitee.DefaultValueFactory = _ => SampleInvitation.Documented.Invitee;
        arguments._invitor.DefaultValueFactory = _ => SampleInvitation.Documented.Invitor;
        arguments._networkId.DefaultValueFactory = _ => SampleInvitation.Documented.NetworkId;
        return arguments;
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_invitee);
        command.Options.Add(_invitor);
        command.Options.Add(_networkId);
        command.Options.Add(_event);
    }

    /// <summary>Returns the event. Null: the option is not given.</summary>
    public InvitationEvent? ReadEvent(ParseResult parsed) => _event.Read(parsed);

    public Invitation Read(ParseResult parsed)
    {
        try
        {
            return new Invitation(
                parsed.GetRequiredValue(_invitee),
                parsed.GetRequiredValue(_invitor),
                parsed.GetRequiredValue(_networkId))
            {
                Event = ReadEvent(parsed) ?? InvitationEvent.Created,
            };
        }
        catch (ArgumentException exception)
        {
            var option = exception.ParamName == "networkId" ? "network-id" : exception.ParamName;
            throw new CommandException($"--{option} is empty, blank or not valid text.");
        }
    }

    private static Option<string> Create(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
