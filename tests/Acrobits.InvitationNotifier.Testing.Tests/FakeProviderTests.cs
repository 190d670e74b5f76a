using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Acrobits.InvitationNotifier.Testing.Tests;

public sealed class FakeProviderTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeProvider _provider;
    private readonly HttpClient _client = new();

    public FakeProviderTests() => _provider = new FakeProvider(_time);

    [Fact]
    public async Task Requests_Get_ShowWhatWasSent()
    {
        await SendAsync(
            "GET /a%2fb/../%7e?i=%2B420&&x=%20 HTTP/1.1", "Host: h", "x-One:  1 ", "Connection: close", "X-One: 2", "");

        var request = Assert.Single(_provider.Requests);
        Assert.Equal("GET", request.Method);
        Assert.Equal("/a%2fb/../%7e?i=%2B420&&x=%20", request.PathAndQuery);
        Assert.Equal(
            [new("Host", "h"), new("x-One", "1"), new("Connection", "close"), new KeyValuePair<string, string>("X-One", "2")],
            request.Headers);
        Assert.Equal("1", request.GetHeader("X-ONE"));
        Assert.Null(request.GetHeader("Accept"));
        Assert.Equal("", request.BodyText);
    }

    [Fact]
    public async Task Requests_Post_ShowTheBytesOfTheBody()
    {
        byte[] body = [0, 13, 10, 255, .. "€"u8];

        await PostAsync(new ByteArrayContent(body));
        await PostAsync(new StringContent("<i>€</i>", Encoding.UTF8));

        Assert.Equal(body, _provider.Requests[0].Body.ToArray());
        Assert.Equal("<i>€</i>", _provider.Requests[1].BodyText);
        Assert.EndsWith("\r\n\r\n<i>€</i>", _provider.Requests[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_ChunkedBody_IsPutTogether()
    {
        await SendAsync(
            "POST / HTTP/1.1", "Transfer-Encoding: chunked", "Connection: close", "", "3;name=value", "abc", "10", "0123456789abcdef", "0", "Trailer: 1", "");

        Assert.Equal("abc0123456789abcdef", Assert.Single(_provider.Requests).BodyText);
    }

    [Fact]
    public async Task Requests_OnOneConnection_AreAllAnswered()
    {
        for (var number = 0; number < 3; number++)
        {
            using var response = await PostAsync(new StringContent($"{number}"));
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }

        Assert.Equal(["0", "1", "2"], _provider.Requests.Select(request => request.BodyText));
        Assert.Equal(1, _provider.Connections);
    }

    [Fact]
    public async Task Requests_SentAtOnce_AreAllRecorded()
    {
        var arrived = _provider.WaitForAsync(50);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => PostAsync(new StringContent($"{number}"))));

        Assert.Equal(50, (await arrived).Select(request => request.BodyText).Distinct().Count());
    }

    [Fact]
    public async Task AnswerWith_Answers_GivesThemInTurnAndThenTheLast()
    {
        _provider.AnswerWith(
            ProviderAnswer.Status(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1.5)),
            ProviderAnswer.Status(HttpStatusCode.OK) with { Body = "{\"ö\":1}" },
            ProviderAnswer.NoContent);

        using var first = await _client.GetAsync(_provider.Url);
        using var second = await _client.GetAsync(_provider.Url);
        using var third = await _client.GetAsync(_provider.Url);
        using var fourth = await _client.GetAsync(_provider.Url);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), first.Headers.RetryAfter?.Delta);
        Assert.Equal("{\"ö\":1}", await second.Content.ReadAsStringAsync());
        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NoContent], [third.StatusCode, fourth.StatusCode]);
    }

    [Fact]
    public async Task AnswerWith_Function_SeesTheRequest()
    {
        _provider.AnswerWith(request => ProviderAnswer.Status(
            request.PathAndQuery == "/created" ? HttpStatusCode.NoContent : HttpStatusCode.NotFound));

        using var created = await _client.GetAsync(_provider.Url + "/created");
        using var accepted = await _client.GetAsync(_provider.Url + "/accepted");

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NotFound], [created.StatusCode, accepted.StatusCode]);
    }

    [Fact]
    public async Task AnswerWith_FunctionThatThrows_FailsTheTestWhenTheProviderIsDisposed()
    {
        var provider = new FakeProvider().AnswerWith(request => throw new InvalidDataException(request.Method));

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(provider.Url));

        Assert.Equal("GET", (await Assert.ThrowsAsync<InvalidDataException>(() => provider.DisposeAsync().AsTask())).Message);
    }

    [Fact]
    public async Task ConnectionReset_Request_IsRecordedAndTheConnectionReset()
    {
        _provider.AnswerWith(ProviderAnswer.ConnectionReset);

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(_provider.Url));

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(exception.GetBaseException()).SocketErrorCode);
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task Hang_Request_IsNeverAnswered()
    {
        _provider.AnswerWith(ProviderAnswer.Hang);
        using var cancellation = new CancellationTokenSource();

        var call = _client.GetAsync(_provider.Url, cancellation.Token);
        await _provider.WaitForAsync(1);
        _time.Advance(Hour);
        Assert.False(call.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Delay_OfAnAnswer_RunsByTheGivenTime()
    {
        _provider.AnswerWith(ProviderAnswer.NoContent with { Delay = Hour });

        var call = _client.GetAsync(_provider.Url);
        await _provider.WaitForAsync(1);
        Assert.False(call.IsCompleted);
        while (!call.IsCompleted)
        {
            _time.Advance(Hour);
            await Task.Delay(10);
        }

        using var response = await call;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task Reset_AfterRequests_ForgetsThemAndTheAnswers()
    {
        _provider.AnswerWith(ProviderAnswer.Status(HttpStatusCode.NotFound));
        await PostAsync(new StringContent("1"));

        _provider.Reset();

        Assert.Empty(_provider.Requests);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(new StringContent("2"))).StatusCode);
        Assert.Equal("2", Assert.Single(await _provider.WaitForAsync(1)).BodyText);
    }

    [Fact]
    public async Task WaitForAsync_NoRequest_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => _provider.WaitForAsync(1, TimeSpan.Zero));

        Assert.Equal("Expected 1 requests within 00:00:00, but 0 arrived.", exception.Message);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort")]
    public async Task Connection_SomethingElseThanHttp_IsClosedAndNotRecorded(string text)
    {
        await SendAsync(text.Split("\r\n"));

        Assert.Empty(_provider.Requests);
        using var response = await _client.GetAsync(_provider.Url);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task DisposeAsync_AnswersUnderWay_EndsThemAndFreesThePort()
    {
        var provider = new FakeProvider().AnswerWith(ProviderAnswer.Hang, ProviderAnswer.NoContent with { Delay = Hour });
        var calls = new[] { _client.GetAsync(provider.Url), _client.GetAsync(provider.Url) };
        await provider.WaitForAsync(2);

        await provider.DisposeAsync();
        await provider.DisposeAsync();

        Assert.All(calls, call => Assert.ThrowsAny<HttpRequestException>(() => call.GetAwaiter().GetResult()));
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(provider.Url));
    }

    [Fact]
    public void Answers_WrongArguments_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ProviderAnswer.Status(HttpStatusCode.Continue));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProviderAnswer.Status((HttpStatusCode)600));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProviderAnswer.Status(HttpStatusCode.OK, -Hour));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProviderAnswer.NoContent with { Delay = -Hour });
        Assert.Throws<ArgumentException>(() => _provider.AnswerWith());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _provider.DisposeAsync();
    }

    private Task<HttpResponseMessage> PostAsync(HttpContent content) => _client.PostAsync(_provider.Url, content);

    // Sends lines as they are, and reads until the provider closes the connection.
    private async Task SendAsync(params string[] lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_provider.Url).Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));
        client.Client.Shutdown(SocketShutdown.Send);
        await new StreamReader(stream).ReadToEndAsync();
    }
}
