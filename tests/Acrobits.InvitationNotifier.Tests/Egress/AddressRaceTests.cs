using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>Hosts with several addresses, of which some are dead.</summary>
public sealed class AddressRaceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _alive = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];

    public AddressRaceTests() => _alive.Start();

    // Nobody listens there.
    private static IPAddress Refusing { get; } = IPAddress.Parse("127.8.0.1");

    private int Port => ((IPEndPoint)_alive.LocalEndpoint).Port;

    [Fact]
    public async Task ConnectAsync_FirstAddressIsSilent_TriesTheNextAfterAQuarterOfASecond()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a full backlog refuses.");
        var dead = Silent("127.0.7.1");
        var race = new AddressRace(_time);

        var connecting = race.ConnectAsync("a.example", Port, [dead, IPAddress.Loopback], TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(_alive.Pending());
        _time.Advance(TimeSpan.FromMilliseconds(1));

        using var socket = await connecting.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressWasSilentBefore_BeginsWithTheOneThatWorked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a full backlog refuses.");
        IPAddress[] addresses = [Silent("127.0.7.2"), IPAddress.Loopback];
        var race = new AddressRace(_time);
        var first = race.ConnectAsync("a.example", Port, addresses, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        (await first.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken)).Dispose();

        // No time passes: whatever began with the dead address would wait for ever.
        using var second = await race.ConnectAsync("a.example", Port, addresses, TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        // Another host, and this one after a while, begin anew.
        var other = race.ConnectAsync("b.example", Port, addresses, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(11));
        var later = race.ConnectAsync("a.example", Port, addresses, TestContext.Current.CancellationToken);
        Assert.False(later.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        (await other.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken)).Dispose();
        (await later.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressRefuses_TriesTheNextAtOnce()
    {
        using var socket = await new AddressRace(_time)
            .ConnectAsync("a.example", Port, [Refusing, IPAddress.Loopback], TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    // It was checked in an earlier look-up, and may be forbidden by now.
    [Fact]
    public async Task ConnectAsync_AddressThatWorkedIsNoLongerAnAnswer_IsNotTried()
    {
        var race = new AddressRace(_time);
        (await race.ConnectAsync("a.example", Port, [Refusing, IPAddress.Loopback], TestContext.Current.CancellationToken)).Dispose();

        await Assert.ThrowsAsync<SocketException>(
            () => race.ConnectAsync("a.example", Port, [Refusing], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ConnectAsync_AddressWorkedTenMinutesAgo_BeginsWithTheFirstAnew()
    {
        var race = new AddressRace(_time);
        Assert.Equal(IPAddress.Loopback, await ConnectAsync());
        using var revived = new TcpListener(Refusing, Port);
        revived.Start();

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(IPAddress.Loopback, await ConnectAsync());
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Refusing, await ConnectAsync());

        async Task<IPAddress> ConnectAsync()
        {
            using var socket = await race.ConnectAsync("a.example", Port, [Refusing, IPAddress.Loopback], TestContext.Current.CancellationToken);
            return ((IPEndPoint)socket.RemoteEndPoint!).Address;
        }
    }

    [Fact]
    public async Task ConnectAsync_SeventeenSilentAddresses_GivesTheFirstUp()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's table of connections is read.");
        var addresses = Enumerable.Range(80, 17).Select(i => Silent($"127.0.7.{i}")).ToArray();
        using var cancellation = new CancellationTokenSource();

        var connecting = new AddressRace(_time).ConnectAsync("a.example", Port, addresses, cancellation.Token);
        foreach (var address in addresses)
        {
            await Eventually.BecomesAsync(() => CountConnecting(address) == 1, $"{address} is tried");
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        await Eventually.BecomesAsync(() => CountConnecting(addresses[0]) == 0, "the first is given up");
        Assert.Equal(1, CountConnecting(addresses[1]));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact]
    public async Task ConnectAsync_TwentySilentAddresses_TriesTheLastOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a full backlog refuses.");
        var race = new AddressRace(_time);
        var addresses = Enumerable.Range(10, 20).Select(i => Silent($"127.0.7.{i}")).Append(IPAddress.Loopback).ToArray();

        var connecting = race.ConnectAsync("a.example", Port, addresses, TestContext.Current.CancellationToken);
        while (!connecting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        using var socket = await connecting;
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(20)]
    public async Task ConnectAsync_ThousandsOfAddressesRefuse_IsNoPortScanner(int alive)
    {
        // Nobody listens on any; each that was tried has failed at once.
        var addresses = Enumerable.Range(0, 5_000).Select(i => IPAddress.Parse($"127.8.{i / 250}.{1 + (i % 250)}")).ToArray();
        var race = new AddressRace(_time);
        using var cancellation = new CancellationTokenSource();

        // Sixteen are tried at once, and each further one after a quarter of a second.
        addresses[alive] = IPAddress.Loopback;
        var connecting = race.ConnectAsync("a.example", Port, addresses, cancellation.Token);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(_alive.Pending());

        while (!connecting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        (await connecting).Dispose();
    }

    [Fact]
    public async Task ConnectAsync_SilentAddresses_AreClosedOnceOneHasAnswered()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's table of connections is read.");
        var dead = Silent("127.0.7.60");
        var race = new AddressRace(_time);
        var connecting = race.ConnectAsync("a.example", Port, [dead, IPAddress.Loopback], TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => CountConnecting(dead) == 1, "the dead address is tried");

        _time.Advance(TimeSpan.FromMilliseconds(250));

        using var socket = await connecting.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => CountConnecting(dead) == 0, "the loser is closed");
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_ClosesAll()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's table of connections is read.");
        var dead = Silent("127.0.7.61");
        using var cancellation = new CancellationTokenSource();
        var connecting = new AddressRace(_time).ConnectAsync("a.example", Port, [dead], cancellation.Token);
        await Eventually.BecomesAsync(() => CountConnecting(dead) == 1, "the dead address is tried");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(0, CountConnecting(dead));
    }

    public void Dispose()
    {
        _alive.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
    }

    // SYN_SENT is 02; addresses stand there as hexadecimal numbers of the machine's byte order.
    private int CountConnecting(IPAddress address)
    {
        var remote = $"{BitConverter.ToUInt32(address.GetAddressBytes()):X8}:{Port:X4} 02";
        return File.ReadLines("/proc/net/tcp").Count(line => line.Contains(remote, StringComparison.Ordinal));
    }

    // A listener that accepts nobody, with its backlog full, answers no further connect on Linux.
    private IPAddress Silent(string text)
    {
        var address = IPAddress.Parse(text);
        var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(address, Port));
        full.Listen(0);
        var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(full.LocalEndPoint!);
        _sockets.AddRange([full, first]);
        return address;
    }
}
