using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Providers that end the connection, or answer with something that is no HTTP.</summary>
public sealed class BrokenAnswerTests
{
    [Fact]
    public Task NotifyAsync_ResetBeforeAnswer_IsUnreachable() => FaultAssertions.AssertUnreachableAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        connection.Reset();
    });

    [Fact]
    public Task NotifyAsync_ResetAtOnce_IsUnreachable() => FaultAssertions.AssertUnreachableAsync(connection =>
    {
        connection.Reset();
        return Task.CompletedTask;
    });

    [Fact]
    public Task NotifyAsync_ResetInHeaders_IsUnreachable() => FaultAssertions.AssertUnreachableAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\nServer: x");
        connection.Reset();
    });

    [Theory]
    [InlineData("")]
    [InlineData("H")]
    [InlineData("HTTP/1.1 204")]
    [InlineData("HTTP/1.1 204 No Content\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nServer: Apache\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nServer: Apa")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public Task NotifyAsync_ClosedEarly_IsUnreachable(string beginning) => SendAndCloseAsync(beginning);

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("{\"status\":204}\r\n\r\n")]
    [InlineData("220 mail.example ESMTP\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 20x No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 -04 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 2040 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1204 No Content\r\n\r\n")]
    [InlineData("HTTP/2.0 204 No Content\r\n\r\n")]
    [InlineData("ICY 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nbad name: x\r\n\r\n")]
    [InlineData("\0\u0001\u0002\0\0\0\0\0\0\0\r\n\r\n")]
    public Task NotifyAsync_NotHttp_IsUnreachable(string answer) => SendAndCloseAsync(answer);

    [Theory]
    [InlineData("HTTP/1.1 abc {0}\r\n\r\n")]
    [InlineData("{0} 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n{0}\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n{0} x: y\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nX: {0}\r")]
    public Task NotifyAsync_BrokenAnswerEchoesRequest_NobodySeesIt(string answer)
    {
        var echo = $"+420777654321 %2B420777654321 ygritte {Secrets.Password} {Secrets.HeaderValue}";
        return SendAndCloseAsync(answer.Replace("{0}", echo, StringComparison.Ordinal));
    }

    private static Task SendAndCloseAsync(string answer) => FaultAssertions.AssertUnreachableAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer);
    });
}
