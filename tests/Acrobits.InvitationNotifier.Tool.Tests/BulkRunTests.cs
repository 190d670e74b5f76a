using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Testing;
using Acrobits.InvitationNotifier.Tool.Bulk;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class BulkRunTests : IDisposable
{
    private const int Lines = 200;

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ConcurrentQueue<string> _reports = [];

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task RunAsync_SomeRejected_WritesThemAndThemAlone()
    {
        using FailedFile failed = new(_directory["in.jsonl"], chosen: null);
        var run = Create(failed, (invitation, _) => Task.FromResult(
            invitation.Invitee.EndsWith('7') ? NotificationResults.Rejected(HttpStatusCode.BadRequest) : NotificationResults.Delivered()));

        await run.RunAsync(skip: 0);

        Assert.True(run.IsComplete);
        Assert.Equal((180, 20, 0), (run.Tally.Delivered, run.Tally.NotDelivered, run.Tally.Malformed));
        Assert.Equal(Enumerable.Range(1, Lines).Where(line => line % 10 == 7), FailedLines().Order());
    }

    [Fact]
    public async Task RunAsync_Stopped_EachLineUpToTheLastIsSettledAndNoneBeyond()
    {
        ConcurrentQueue<int> sent = [];
        using FailedFile failed = new(_directory["in.jsonl"], chosen: null);
        var run = Create(failed, async (invitation, _) =>
        {
            sent.Enqueue(Number(invitation.Invitee));
            if (sent.Count >= 50)
            {
                await _stop.CancelAsync();
            }

            await Task.Yield();
            return NotificationResults.Delivered();
        });

        await run.RunAsync(skip: 0);

        Assert.False(run.IsComplete);
        Assert.InRange(run.LastLine, 50, Lines - 1);
        Assert.Equal(Enumerable.Range(1, (int)run.LastLine), sent.Order());
        Assert.Equal(run.LastLine, run.Tally.Delivered);
        Assert.Null(failed.Path);
    }

    [Fact]
    public async Task RunAsync_Aborted_WritesWhatWasUnderWay()
    {
        ConcurrentQueue<int> delivered = [];
        using FailedFile failed = new(_directory["in.jsonl"], chosen: null);
        var run = Create(failed, async (invitation, cancellationToken) =>
        {
            var line = Number(invitation.Invitee);
            if (line > 30)
            {
                await _stop.CancelAsync();
                await _abort.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            delivered.Enqueue(line);
            return NotificationResults.Delivered();
        });

        await run.RunAsync(skip: 0);

        Assert.Equal(Enumerable.Range(1, (int)run.LastLine), delivered.Concat(FailedLines()).Order());
        Assert.True(run.Tally.Cancelled > 0);
    }

    [Fact]
    public async Task RunAsync_FailedFileCannotBeWritten_StopsAndNamesTheLines()
    {
        using FailedFile failed = new(_directory["in.jsonl"], _directory["no/such/directory"]);
        var run = Create(failed, (_, _) => Task.FromResult(NotificationResults.Unreachable()));

        await run.RunAsync(skip: 0);

        Assert.False(run.IsComplete);
        Assert.IsType<IOException>(run.Failure, exactMatch: false);
        Assert.Equal(Enumerable.Range(1, (int)run.LastLine).Select(line => (long)line), run.Lost);
    }

    [Fact]
    public async Task RunAsync_MalformedLine_IsReportedWithItsNumber()
    {
        using FailedFile failed = new(_directory["in.jsonl"], chosen: null);
        var run = Create(failed, (_, _) => Task.FromResult(NotificationResults.Delivered()), "\n{\n");

        await run.RunAsync(skip: 0);

        Assert.Equal(1, run.Tally.Malformed);
        Assert.StartsWith("line 2: ", Assert.Single(_reports), StringComparison.Ordinal);
    }

    private BulkRun Create(
        FailedFile failed, Func<Invitation, CancellationToken, Task<NotificationResult>> notify, string? text = null)
    {
        text ??= string.Concat(Enumerable.Range(1, Lines).Select(line =>
            $$"""{"invitee":"{{line}}","invitor":"b","network_id":"n"}""" + "\n"));
        return new BulkRun(
            new FakeInvitationNotifier().AnswerWith(notify),
            new JsonLinesRecordReader(Records.Stream(text)),
            failed,
            concurrency: 8,
            _reports.Enqueue,
            _stop.Token,
            _abort.Token);
    }

    private IEnumerable<int> FailedLines() =>
        File.ReadLines(_directory["in.failed.jsonl"]).Select(line => Number(line.Split('"')[3]));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
