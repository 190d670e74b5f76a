using System.CommandLine;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>The option for an event.</summary>
internal sealed class EventOption : Option<string?>
{
    public EventOption(string description)
        : base("--event")
    {
        HelpName = string.Join('|', EventNames.All);
        Description = description;
        Validators.Add(result =>
        {
            if (result.Tokens.Any(token => EventNames.Parse(token.Value) is null))
            {
                result.AddError($"{Name} must be {string.Join(" or ", EventNames.All)}.");
            }
        });
    }

    /// <summary>Returns the event. Null: the option is not given.</summary>
    public InvitationEvent? Read(ParseResult parsed) => parsed.GetValue(this) is { } text ? EventNames.Parse(text) : null;
}
