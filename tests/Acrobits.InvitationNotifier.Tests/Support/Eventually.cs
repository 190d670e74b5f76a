using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>
/// Waits for what happens on another thread. The limit only keeps a failed test from hanging: no machine that works is so slow.
/// </summary>
internal static class Eventually
{
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(5);

    public static async Task BecomesAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"Not within {Limit:c}: {what}.");
            await Task.Delay(5);
        }
    }
}
