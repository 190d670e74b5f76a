using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Egress;

public class NameLookupTests
{
    [Fact]
    public async Task ResolveAsync_NameServerStalls_HoldsOneThreadOfItsOwn()
    {
        using var answer = new ManualResetEventSlim();
        var (lookUps, pooled) = (0, 0);
        var lookup = new NameLookup(_ =>
        {
            Interlocked.Increment(ref lookUps);
            Interlocked.Add(ref pooled, Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
            answer.Wait(Eventually.Limit);
            return [IPAddress.Loopback];
        });
        using var cancelled = new CancellationTokenSource();
        var given = lookup.ResolveAsync("a.example", cancelled.Token);
        var kept = lookup.ResolveAsync("A.example", TestContext.Current.CancellationToken);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        answer.Set();
        Assert.Equal([IPAddress.Loopback], await kept);
        Assert.Equal((1, 0), (lookUps, pooled));
    }

    [Fact]
    public async Task ResolveAsync_Failed_LooksUpAgain()
    {
        var failures = 0;
        var lookup = new NameLookup(_ => failures++ == 0 ? throw new SocketException((int)SocketError.HostNotFound) : [IPAddress.Loopback]);

        await Assert.ThrowsAsync<SocketException>(() => lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));

        Assert.Equal([IPAddress.Loopback], await lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResolveAsync_ThreadCannotBeStarted_FailsAndTriesAgainTheNextTime()
    {
        var starts = 0;
        var lookup = new NameLookup(
            _ => [IPAddress.Loopback],
            start: thread =>
            {
                if (starts++ == 0)
                {
                    throw new InsufficientMemoryException();
                }

                thread.Start();
            });

        var failure = await Assert.ThrowsAsync<SocketException>(() => lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));

        Assert.Equal(SocketError.TryAgain, failure.SocketErrorCode);
        Assert.Equal([IPAddress.Loopback], await lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResolveAsync_ManyNamesHang_BoundsThreadsAndAnswersTheNamesThatAnsweredBefore()
    {
        using var answer = new ManualResetEventSlim();
        var (underWay, most) = (0, 0);
        var lookup = new NameLookup(name =>
        {
            if (name.StartsWith("hangs", StringComparison.Ordinal))
            {
                var now = Interlocked.Increment(ref underWay);
                InterlockedMax(ref most, now);
                answer.Wait(Eventually.Limit);
                Interlocked.Decrement(ref underWay);
            }

            return [IPAddress.Loopback];
        });
        Assert.Single(await lookup.ResolveAsync("known.example", TestContext.Current.CancellationToken));

        var hanging = Enumerable.Range(0, 300).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();
        await Eventually.BecomesAsync(() => Volatile.Read(ref underWay) == 24, "all threads of unknown names hang");

        Assert.Single(await lookup.ResolveAsync("known.example", TestContext.Current.CancellationToken));
        Assert.DoesNotContain(hanging, task => task.IsCompleted);

        // The resolver ends by itself at last, and then everybody has a turn.
        answer.Set();
        Assert.Single(await lookup.ResolveAsync("unknown.example", TestContext.Current.CancellationToken));
        await Task.WhenAll(hanging);
        Assert.InRange(most, 1, 24);
    }

    [Fact]
    public async Task ResolveAsync_NamesThatHungLately_LeaveThreadsToOthers()
    {
        using var answer = new ManualResetEventSlim();
        var time = new FakeTimeProvider();
        var isFirst = true;
        var underWay = 0;
        var lookup = new NameLookup(
            name =>
            {
                if (name.StartsWith("hangs", StringComparison.Ordinal))
                {
                    if (isFirst)
                    {
                        time.Advance(TimeSpan.FromSeconds(5));
                        return [];
                    }

                    Interlocked.Increment(ref underWay);
                    answer.Wait(Eventually.Limit);
                }

                return [IPAddress.Loopback];
            },
            time);
        for (var i = 0; i < 40; i++)
        {
            await lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken);
        }

        isFirst = false;
        var hanging = Enumerable.Range(0, 40).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();
        await Eventually.BecomesAsync(() => Volatile.Read(ref underWay) == 8, "the slow names have their threads");

        Assert.Single(await lookup.ResolveAsync("unknown.example", TestContext.Current.CancellationToken));
        Assert.Equal(8, Volatile.Read(ref underWay));
        answer.Set();
        await Task.WhenAll(hanging);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ResolveAsync_AllCallersCancelBeforeItsTurn_IsNotLookedUp(int callers)
    {
        using var answer = new ManualResetEventSlim();
        var names = new ConcurrentQueue<string>();
        var lookup = new NameLookup(name =>
        {
            names.Enqueue(name);
            answer.Wait(Eventually.Limit);
            return [IPAddress.Loopback];
        });
        using var cancellation = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, 24).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();

        var waiting = Enumerable.Range(0, callers).Select(_ => lookup.ResolveAsync("waits.example", cancellation.Token)).ToArray();
        await cancellation.CancelAsync();

        foreach (var caller in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        answer.Set();
        await Task.WhenAll(hanging);
        await lookup.ResolveAsync("last.example", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("waits.example", names);
    }

    [Fact]
    public async Task ResolveAsync_OneOfTwoGivesUpBeforeTheirTurn_OtherIsAnswered()
    {
        var names = new HangingNames();
        var hanging = await names.HangAsync("hangs", 24, underWay: 24);
        using var cancellation = new CancellationTokenSource();
        var given = names.Lookup.ResolveAsync("waits.example", cancellation.Token);
        var kept = names.Lookup.ResolveAsync("waits.example", TestContext.Current.CancellationToken);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        names.Release("hangs");
        Assert.Single(await kept.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task ResolveAsync_GivenUpBeforeItsTurnAndAskedForAgain_IsAnswered()
    {
        var names = new HangingNames();
        var hanging = await names.HangAsync("hangs", 24, underWay: 24);
        using var cancellation = new CancellationTokenSource();
        var given = names.Lookup.ResolveAsync("waits.example", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        var again = names.Lookup.ResolveAsync("waits.example", TestContext.Current.CancellationToken);

        names.Release("hangs");
        Assert.Single(await again.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task ResolveAsync_ThreadsCouldNotBeStartedForAWhile_WorksAgain()
    {
        var starts = 0;
        var lookup = new NameLookup(
            _ => [IPAddress.Loopback],
            start: thread =>
            {
                if (starts++ < 100)
                {
                    throw new InsufficientMemoryException();
                }

                thread.Start();
            });
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<SocketException>(() => lookup
                .ResolveAsync("a.example", TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken));
        }

        Assert.Single(await lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResolveAsync_ThreadsWentToNamesThatWaited_StillBoundsThreads()
    {
        var names = new HangingNames();
        var first = await names.HangAsync("first", 24, underWay: 24);
        var second = await names.HangAsync("second", 24, underWay: 0);
        names.Release("first");
        await Task.WhenAll(first);
        await names.BecomeUnderWayAsync("second", 24);
        var third = await names.HangAsync("third", 24, underWay: 0);

        names.Release("second", "third");
        await Task.WhenAll([.. second, .. third]);
        Assert.Equal(24, names.MostUnderWay);
    }

    [Fact]
    public async Task ResolveAsync_NamesOfEveryPastHang_ShareThirtyTwoThreads()
    {
        var names = new HangingNames();
        await names.AnswerAsync("slow", 40, TimeSpan.FromSeconds(1));
        await names.AnswerAsync("known", 40, TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));

        Task<IPAddress[]>[] hanging =
        [
            .. await names.HangAsync("slow", 40, underWay: 8),
            .. await names.HangAsync("unknown", 40, underWay: 16),
            .. await names.HangAsync("known", 40, underWay: 8),
        ];

        names.Release("slow", "unknown", "known");
        await Task.WhenAll(hanging);
        Assert.Equal(32, names.MostUnderWay);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    /// <summary>A resolver that answers a group of names only once the test says so.</summary>
    private sealed class HangingNames
    {
        private readonly FakeTimeProvider _time = new();
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
        private readonly ConcurrentDictionary<string, int> _underWayOf = new();
        private int _underWay;
        private int _most;

        public HangingNames() => Lookup = new NameLookup(
            name =>
            {
                var group = name.Split('.')[0];
                if (_gates.TryGetValue(group, out var gate))
                {
                    _underWayOf.AddOrUpdate(group, 1, (_, count) => count + 1);
                    InterlockedMax(ref _most, Interlocked.Increment(ref _underWay));
                    gate.Task.Wait(Eventually.Limit);
                    Interlocked.Decrement(ref _underWay);
                }
                else
                {
                    _time.Advance(Duration);
                }

                return [IPAddress.Loopback];
            },
            _time);

        public NameLookup Lookup { get; }

        public int MostUnderWay => Volatile.Read(ref _most);

        private TimeSpan Duration { get; set; }

        /// <summary>Has names of a group answered, each after the time given.</summary>
        public async Task AnswerAsync(string group, int count, TimeSpan duration)
        {
            Duration = duration;
            for (var i = 0; i < count; i++)
            {
                await Lookup.ResolveAsync($"{group}.{i}", TestContext.Current.CancellationToken);
            }

            Duration = TimeSpan.Zero;
        }

        /// <summary>Begins look-ups of a group that hang, and waits until as many as given are under way.</summary>
        public async Task<Task<IPAddress[]>[]> HangAsync(string group, int count, int underWay)
        {
            _gates[group] = new TaskCompletionSource();
            var hanging = Enumerable.Range(0, count)
                .Select(i => Lookup.ResolveAsync($"{group}.{i}", TestContext.Current.CancellationToken)).ToArray();
            await BecomeUnderWayAsync(group, underWay);
            return hanging;
        }

        public Task BecomeUnderWayAsync(string group, int count) => Eventually.BecomesAsync(
            () => _underWayOf.GetValueOrDefault(group) >= count, $"{count} look-ups of {group} are under way");

        public void Release(params string[] groups) => Array.ForEach(groups, group => _gates[group].SetResult());
    }
}
