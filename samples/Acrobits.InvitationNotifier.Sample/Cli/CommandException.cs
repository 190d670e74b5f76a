namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>Something that the user has to correct. The message is all there is to show.</summary>
internal sealed class CommandException(string message) : Exception(message);
