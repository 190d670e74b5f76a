using Acrobits.InvitationNotifier.Tool.Check;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class TimelineTests
{
    [Fact]
    public void Describe_DefaultsAndAnswersAtOnce_DoublesTheDelay() => Assert.Equal(
        [
            "0 s  attempt 1, answered 503",
            "0 s  delay of 1 s",
            "1 s  attempt 2, answered 503",
            "1 s  delay of 2 s",
            "3 s  attempt 3, answered 503",
            "3 s  delay of 4 s",
            "7 s  attempt 4, answered 503",
            "7 s  Rejected: no more attempts (MaxRetryAttempts)",
        ],
        Describe(new InvitationNotifierOptions(), hangs: false));

    [Fact]
    public void Describe_DefaultsAndHangs_EndsAtTotalTimeout() => Assert.Equal(
        [
            "0 s  attempt 1, ended after 10 s by AttemptTimeout",
            "10 s  delay of 1 s",
            "11 s  attempt 2, ended after 10 s by AttemptTimeout",
            "21 s  delay of 2 s",
            "23 s  attempt 3, ended after 7 s by TotalTimeout",
            "30 s  Unreachable: no more time (TotalTimeout)",
        ],
        Describe(new InvitationNotifierOptions(), hangs: true));

    [Fact]
    public void Describe_NoTimeForADelay_GivesUpAtOnce() => Assert.Equal(
        [
            "0 s  attempt 1, answered 503",
            "0 s  delay of 2.5 s",
            "2.5 s  attempt 2, answered 503",
            "2.5 s  Rejected: a delay of 3 s would exceed TotalTimeout",
        ],
        Describe(
            new InvitationNotifierOptions
            {
                TotalTimeout = TimeSpan.FromSeconds(5),
                Retry = { Delay = TimeSpan.FromSeconds(2.5), MaxDelay = TimeSpan.FromSeconds(3) },
            },
            hangs: false));

    [Fact]
    public void Describe_NoRetries_EndsWithTheFirst() => Assert.Equal(
        ["0 s  attempt 1, answered 503", "0 s  Rejected: no more attempts (MaxRetryAttempts)"],
        Describe(new InvitationNotifierOptions { Retry = { MaxRetryAttempts = 0 } }, hangs: false));

    [Fact]
    public void Describe_EndlessRetries_ShowsTheBeginning() => Assert.Equal(
        "... and so on, up to MaxRetryAttempts or TotalTimeout",
        Describe(new InvitationNotifierOptions { Retry = { MaxRetryAttempts = int.MaxValue, Delay = TimeSpan.Zero } }, hangs: false)[^1]);

    private static string[] Describe(InvitationNotifierOptions options, bool hangs) =>
        [.. Timeline.Describe(options, hangs).Select(line => line.Trim())];
}
