using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>The URL of the template, as the request line has it.</summary>
public sealed class RequestLineTests
{
    [Theory]
    [InlineData("", "/")]
    [InlineData("?a=1", "/?a=1")]
    [InlineData("/", "/")]
    [InlineData("/a/../b/%2e%2e/%7Efoo?x=%2F&y=a+b", "/a/../b/%2e%2e/%7Efoo?x=%2F&y=a+b")]
    [InlineData("/a//b/./c/.?", "/a//b/./c/.?")]
    [InlineData("//other.example/x", "//other.example/x")]
    [InlineData("/a%2fb%41%zz%?q=%&r=100%25", "/a%2fb%41%zz%?q=%&r=100%25")]
    [InlineData("/a?b?c=/d/../e&f[]=1;2'(3)*!$@:,~", "/a?b?c=/d/../e&f[]=1;2'(3)*!$@:,~")]
    [InlineData("/příliš žluť?kůň=\"<>\\^`{|}", "/p%C5%99%C3%ADli%C5%A1%20%C5%BElu%C5%A5?k%C5%AF%C5%88=%22%3C%3E%5C%5E%60%7B%7C%7D")]
    [InlineData("/a?b=c#fragment?%invitee%", "/a?b=c")]
    [InlineData("#fragment", "/")]
    [InlineData("/%invitee%/%network_id%?who=%invitor%", "/15551231234/mynetwork?who=johnsnow")]
    [InlineData("/%INVITEE%/%foo%?%inviter%", "/%INVITEE%/%foo%?%inviter%")]
    public async Task NotifyAsync_UrlTemplate_LeavesAsWritten(string template, string expected)
    {
        Assert.Equal(expected, await SendAsync(template, NotifierHost.Invitation));
    }

    [Theory]
    [InlineData("+420 777/123", "%2B420%20777%2F123")]
    [InlineData("a&b=c?d#e;f:g@h", "a%26b%3Dc%3Fd%23e%3Bf%3Ag%40h")]
    [InlineData("-._~azAZ09", "-._~azAZ09")]
    [InlineData("100%", "100%25")]
    [InlineData("%invitor%", "%25invitor%25")]
    [InlineData("%2F", "%252F")]
    [InlineData("a\r\nHost: evil", "a%0D%0AHost%3A%20evil")]
    [InlineData("ž😀", "%C5%BE%F0%9F%98%80")]
    [InlineData("!$'()*,[]\\\"<>^`{|}", "%21%24%27%28%29%2A%2C%5B%5D%5C%22%3C%3E%5E%60%7B%7C%7D")]
    public async Task NotifyAsync_ValueInUrl_IsPercentEncoded(string value, string expected)
    {
        var sent = await SendAsync("/x%invitee%/y?z=%invitee%", new Invitation(value, "johnsnow", "mynetwork"));

        Assert.Equal($"/x{expected}/y?z={expected}", sent);
    }

    [Fact]
    public async Task NotifyAsync_FormBody_ValueIsPercentEncodedAndTheRestAsWritten()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/");
            options.InvitationCreatedPostData = "who=%invitee%&x=%2f+ž &y=%foo%";
        });

        await host.NotifyAsync(new Invitation("+420 ž&", "johnsnow", "mynetwork"));

        Assert.EndsWith("\r\n\r\nwho=%2B420%20%C5%BE%26&x=%2f+ž &y=%foo%", Assert.Single(provider.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_Ipv6Literal_IsDeliveredWithItsHostInBrackets()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && CanListen(IPAddress.IPv6Loopback), "This machine has no IPv6 loopback.");
        await using var provider = RawProvider.Playing(
            connection => connection.AnswerAllAsync(Answers.NoContent), IPAddress.IPv6Loopback);
        await using var host = NotifierHost.Create($"http://[::1]:{provider.Port}/a?b=%invitee%");

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        Assert.StartsWith(
            $"GET /a?b=15551231234 HTTP/1.1\r\nHost: [::1]:{provider.Port}\r\nConnection: close\r\n",
            Assert.Single(provider.Requests),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_InternationalHost_LeavesAsPunycode()
    {
        var asked = "";
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = NotifierHost.Create(
            options => options.InvitationCreatedUrl = $"http://pozvánka.example:{provider.Port}/",
            resolve: (name, _) =>
            {
                asked = name;
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            });

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        Assert.Equal("xn--pozvnka-kwa.example", asked);
        Assert.Contains(
            $"\r\nHost: xn--pozvnka-kwa.example:{provider.Port}\r\n", Assert.Single(provider.Requests), StringComparison.Ordinal);
    }

    private static async Task<string> SendAsync(string template, Invitation invitation)
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = NotifierHost.Create(provider.Url(template));

        var result = await host.NotifyAsync(invitation);

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        var line = Assert.Single(provider.Requests).Split("\r\n")[0];
        Assert.StartsWith("GET ", line, StringComparison.Ordinal);
        Assert.EndsWith(" HTTP/1.1", line, StringComparison.Ordinal);
        return line["GET ".Length..^" HTTP/1.1".Length];
    }

    private static bool CanListen(IPAddress address)
    {
        try
        {
            using var listener = new TcpListener(address, 0);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
