using Acrobits.InvitationNotifier.Egress;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>A connection whose provider asked for a client certificate and got none.</summary>
public sealed class UnansweredStreamTests
{
    private readonly IOException _reset = new("reset");

    [Fact]
    public async Task ReadAsync_EndsBeforeAnythingArrived_NamesTheClientCertificate()
    {
        await using var stream = new UnansweredStream(new Scripted(0));

        Assert.Equal("client_certificate_required", ErrorType(await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream))));
    }

    [Fact]
    public async Task ReadAsync_BreaksBeforeAnythingArrived_NamesTheClientCertificate()
    {
        await using var stream = new UnansweredStream(new Scripted(_reset));

        Assert.Equal("client_certificate_required", ErrorType(await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream))));
    }

    [Fact]
    public async Task ReadAsync_EndsAfterTheAnswer_IsTheEnd()
    {
        await using var stream = new UnansweredStream(new Scripted(3, 2, 0, 0));

        Assert.Equal(3, await ReadAsync(stream));
        Assert.Equal(2, await ReadAsync(stream));
        Assert.Equal(0, await ReadAsync(stream));
        Assert.Equal(0, await ReadAsync(stream));
    }

    [Fact]
    public async Task ReadAsync_BreaksAfterSomethingArrived_PassesTheReasonOn()
    {
        await using var stream = new UnansweredStream(new Scripted(3, _reset));
        await ReadAsync(stream);

        Assert.Same(_reset, await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream)));
    }

    [Fact]
    public async Task ReadAsync_ReasonIsKnown_PassesItOn()
    {
        var known = new IOException("no", new CertificateException("certificate_expired", "expired"));
        await using var stream = new UnansweredStream(new Scripted(known));

        Assert.Same(known, await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream)));
    }

    // The client does so to learn when data arrive.
    [Fact]
    public async Task ReadAsync_NoByteIsAskedFor_IsNoEnd()
    {
        await using var stream = new UnansweredStream(new Scripted(0, 3));

        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken));
        Assert.Equal(3, await ReadAsync(stream));
    }

    [Fact]
    public async Task WriteAsync_Breaks_NamesTheClientCertificateUnlessSomethingArrived()
    {
        await using var unanswered = new UnansweredStream(new Scripted(_reset));
        await using var answered = new UnansweredStream(new Scripted(3, _reset));
        await ReadAsync(answered);

        Assert.Equal("client_certificate_required", ErrorType(await Assert.ThrowsAsync<IOException>(() => WriteAsync(unanswered))));
        Assert.Same(_reset, await Assert.ThrowsAsync<IOException>(() => WriteAsync(answered)));
    }

    [Fact]
    public void Dispose_ClosesTheConnection()
    {
        var connection = new Scripted();

        new UnansweredStream(connection).Dispose();

        Assert.False(connection.CanRead);
    }

    private static string ErrorType(IOException exception) => Assert.IsType<CertificateException>(exception.InnerException).ErrorType;

    private static Task<int> ReadAsync(UnansweredStream stream) =>
        stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();

    private static Task WriteAsync(UnansweredStream stream) =>
        stream.WriteAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();

    /// <summary>Each read or write has the next of the outcomes: a number of bytes, or an exception.</summary>
    private sealed class Scripted(params object[] outcomes) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            outcomes[_next++] is int count ? new(count) : ValueTask.FromException<int>((Exception)outcomes[_next - 1]);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            outcomes[_next++] is Exception exception ? ValueTask.FromException(exception) : default;
    }
}
