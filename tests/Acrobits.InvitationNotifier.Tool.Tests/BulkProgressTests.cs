using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.Tool.Bulk;
using Acrobits.InvitationNotifier.Tool.Records;
using Spectre.Console.Testing;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed partial class BulkProgressTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    public async Task ShowAsync_Terminal_ShowsABarOfItsWidthWithTheTimeLeft(int width)
    {
        using TemporaryDirectory directory = new();
        using TestConsole console = new() { Profile = { Width = width, Capabilities = { Interactive = true } } };
        using var stream = Records.Stream(string.Concat(Enumerable.Repeat(
            """{"invitee":"1","invitor":"b","network_id":"n"}""" + "\n", 300)));
        using FailedFile failed = new(directory["in.jsonl"], chosen: null);

        BulkRun run = new(
            new SlowNotifier(),
            new JsonLinesRecordReader(stream),
            failed,
            concurrency: 1,
            report: _ => { },
            stop: CancellationToken.None,
            abort: CancellationToken.None);

        await new BulkProgress(console, run, stream.Length).ShowAsync(run.RunAsync(skip: 0));

        Assert.All(console.Lines.Where(line => line.Contains('%')), line => Assert.Equal(width, line.Length));
        Assert.Matches(TimeLeft(), console.Output);
        Assert.Contains(" delivered, 0 not delivered, 0 malformed, ", console.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\d+% \d\d:\d\d:\d\d")]
    private static partial Regex TimeLeft();

    // Slow enough for several refreshes of the bar.
    private sealed class SlowNotifier : IInvitationNotifier
    {
        public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
            return new NotificationResult { Outcome = NotificationOutcome.Delivered };
        }
    }
}
