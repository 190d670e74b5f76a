using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>What is said of a failure, in a word for machines and in a sentence for people.</summary>
public sealed class FailureTests
{
    [Fact]
    public void Of_BlockedAddress_IsTheGuardsOwnExceptionAndNamesTheKey()
    {
        var blocked = new EgressBlockedException(IPAddress.Loopback, SpecialAddresses.Classify(IPAddress.Loopback)!);

        var failure = Failure.Of(new HttpRequestException(HttpRequestError.ConnectionError, "wrapped", blocked));

        Assert.Same(blocked, failure.Exception);
        Assert.Equal(nameof(EgressBlockedException), failure.ErrorType);
        Assert.Contains("Egress:AllowedRanges", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.InvalidResponse, "invalid_response")]
    [InlineData(HttpRequestError.HttpProtocolError, "other")]
    [InlineData(HttpRequestError.Unknown, "HttpRequestException")]
    public void Of_ExceptionThatQuotesTheResponse_QuotesNothing(HttpRequestError error, string type)
    {
        var failure = Failure.Of(new HttpRequestException(error, "Received an invalid status line: '+15551231234'."));

        Assert.Equal(type, failure.ErrorType);
        Assert.DoesNotContain("15551231234", failure.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Cancelled_IsATimeout()
    {
        var failure = Failure.Of(new TaskCanceledException("A connect timeout of the client.", new TimeoutException()));

        Assert.IsType<TimeoutException>(failure.Exception);
        Assert.Equal("timeout", failure.ErrorType);
    }

    [Fact]
    public void Of_RepetitionThatWasRefused_IsAnEndedResponse()
    {
        var inner = new HttpRequestException(HttpRequestError.ResponseEnded, "No answer.");

        var failure = Failure.Of(new HttpRequestException(HttpRequestError.Unknown, "connect", inner));

        Assert.Equal((inner, "response_ended"), (failure.Exception, failure.ErrorType));
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, SocketError.HostNotFound, "name_resolution_error", "name servers")]
    [InlineData(HttpRequestError.ConnectionError, SocketError.ConnectionRefused, "connection_error", "refused")]
    [InlineData(HttpRequestError.ConnectionError, SocketError.NetworkUnreachable, "connection_error", "NetworkUnreachable")]
    public void Of_NoConnection_SaysWhy(HttpRequestError error, SocketError socket, string type, string reason)
    {
        var failure = Failure.Of(new HttpRequestException(error, "no", new SocketException((int)socket)));

        Assert.Equal(type, failure.ErrorType);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HandshakeCutOff_IsNoMoreThanASecureConnectionError() => Assert.Equal(
        "secure_connection_error",
        Failure.Of(new HttpRequestException(HttpRequestError.SecureConnectionError, "no", new IOException("eof"))).ErrorType);

    // OpenSSL's code of an alert is its number from 1000 on, below the number of the library.
    [Theory]
    [InlineData(116, "client_certificate_required")]
    [InlineData(41, "client_certificate_required")]
    [InlineData(42, "client_certificate_required")]
    [InlineData(46, "client_certificate_required")]
    [InlineData(47, "tls_protocol_error")]
    [InlineData(48, "client_certificate_required")]
    [InlineData(49, "client_certificate_required")]
    [InlineData(50, "tls_protocol_error")]
    [InlineData(40, "tls_protocol_error")]
    [InlineData(70, "tls_protocol_error")]
    [InlineData(71, "tls_protocol_error")]
    [InlineData(112, "tls_protocol_error")]
    [InlineData(80, "tls_protocol_error")]
    public void Of_AlertOfTheProvider_SaysWhat(int alert, string type)
    {
        var alerted = new HResultException((20 << 23) | (1000 + alert));
        var inHandshake = new HttpRequestException(HttpRequestError.SecureConnectionError, "no", new AuthenticationException("no", alerted));
        var afterwards = new HttpRequestException(HttpRequestError.Unknown, "no", new IOException("no", alerted));

        Assert.Equal(type, Failure.Of(inHandshake).ErrorType);
        Assert.Equal(type, Failure.Of(afterwards).ErrorType);
    }

    // The codes of OpenSSL's TLS library (20) for "unsupported protocol" and "no protocols available".
    [Theory]
    [InlineData(258)]
    [InlineData(191)]
    public void Of_NoTlsVersionInCommon_SaysSo(int reason)
    {
        var failure = Failure.Of(new HttpRequestException(
            HttpRequestError.SecureConnectionError, "no", new AuthenticationException("no", new HResultException((20 << 23) | reason))));

        Assert.Equal("tls_protocol_error", failure.ErrorType);
        Assert.Equal("The provider and this machine have no TLS version or cipher in common.", failure.Reason);
    }

    [Theory]
    [InlineData((20 << 23) | 257)]
    [InlineData((19 << 23) | 258)]
    [InlineData((19 << 23) | 1042)]
    public void Of_OtherCodeOfOpenSsl_SaysNoMoreThanThatTlsFailed(int code)
    {
        var failure = Failure.Of(new HttpRequestException(
            HttpRequestError.SecureConnectionError, "no", new AuthenticationException("no", new AuthenticationException("no", new HResultException(code)))));

        Assert.Equal("tls_protocol_error", failure.ErrorType);
        Assert.StartsWith("The provider does not speak TLS on this port", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.ProxyTunnelError, "proxy_tunnel_error", "Check the proxy")]
    [InlineData(HttpRequestError.ResponseEnded, "response_ended", "without a complete answer")]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, "configuration_limit_exceeded", "too long")]
    [InlineData(HttpRequestError.ConnectionError, "connection_error", "The connection failed.")]
    [InlineData(HttpRequestError.VersionNegotiationError, "other", "VersionNegotiationError")]
    public void Of_NoCompleteAnswer_SaysWhy(HttpRequestError error, string type, string reason)
    {
        var failure = Failure.Of(new HttpRequestException(error, "s3cr3t"));

        Assert.Equal(type, failure.ErrorType);
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ConnectionReset_SaysSo() => Assert.Equal(
        "The provider reset the connection.",
        Failure.Of(new HttpRequestException("no", new IOException("no", new SocketException((int)SocketError.ConnectionReset)))).Reason);

    [Fact]
    public async Task Of_NobodyListens_NamesNoValueOfTheInvitation()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = $"http://{socket.LocalEndPoint}/?i=%invitee%";
            options.Retry.MaxRetryAttempts = 0;
        });

        var failure = Failure.Of((await host.NotifyAsync()).Exception!);

        Assert.Equal("connection_error", failure.ErrorType);
        Assert.DoesNotContain(NotifierHost.Invitation.Invitee, failure.Reason, StringComparison.Ordinal);
    }

    private sealed class HResultException : System.Security.Cryptography.CryptographicException
    {
        public HResultException(int code)
            : base("no") => HResult = code;
    }
}
