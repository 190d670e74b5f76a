namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>What the process says to the script that started it.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Wrong usage or configuration, an unreadable file; the parser of the command line uses it too.</summary>
    public const int Error = 1;

    /// <summary>Some lines of a bulk run were not delivered or are malformed.</summary>
    public const int Incomplete = 8;

    /// <summary>A configuration is valid, and a strict check has warnings.</summary>
    public const int Warnings = 9;

    /// <summary>Stopped by Ctrl+C: 128 and the number of the signal, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Shown with the help of the commands that send one notification.</summary>
    public const string OutcomeNotes =
        """
        Exit codes:
          0  delivered                 4  blocked
          1  wrong usage or settings   5  suspended
          2  rejected                  6  not configured
          3  unreachable               7  unrepresentable
        """;

    // 1 is taken by errors, so that every outcome but success moves up by one.
    public static int Of(NotificationOutcome outcome) =>
        outcome == NotificationOutcome.Delivered ? Success : (int)outcome + 1;
}
