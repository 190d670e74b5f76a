using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>Waits for what happens on another thread; the limit only keeps a failed test from hanging.</summary>
internal static class Eventually
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

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
