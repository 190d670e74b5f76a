namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>The exit codes of the commands.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Wrong usage, wrong settings or an unreadable file. The command-line parser uses it as well.</summary>
    public const int Error = 1;

    /// <summary>A bulk run is complete, but not every invitation was delivered.</summary>
    public const int Incomplete = 8;

    /// <summary>A configuration is valid, but a strict check found warnings.</summary>
    public const int Warnings = 9;

    /// <summary>Stopped by Ctrl+C: 128 plus the number of the signal, as in shells.</summary>
    public const int Interrupted = 130;

    // 1 is for errors, so each outcome but success moves up by one.
    public static int Of(NotificationOutcome outcome) =>
        outcome == NotificationOutcome.Delivered ? Success : (int)outcome + 1;
}
