using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>An application that sends invitations: the library as its users register and configure it.</summary>
internal sealed class Sender : IAsyncDisposable
{
    private readonly IHost _host;

    private Sender(IHost host)
    {
        _host = host;
        Notifier = host.Services.GetRequiredService<IInvitationNotifier>();
        Queue = host.Services.GetRequiredService<IInvitationQueue>();
    }

    public IInvitationNotifier Notifier { get; }

    public IInvitationQueue Queue { get; }

    /// <summary>Starts an application that may talk to loopback.</summary>
    public static async Task<Sender> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, Action<InvitationQueueOptions>? configureQueue = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["InvitationNotifier:Egress:AllowedRanges:0"] = "127.0.0.0/8",
            ["InvitationNotifier:SendIdempotencyKey"] = "true",

            // By the clock of the machine, which may be a slow one.
            ["InvitationNotifier:AttemptTimeout"] = "12:00:00",
            ["InvitationNotifier:TotalTimeout"] = "12:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("InvitationNotifier:" + setting.Key, setting.Value)));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        builder.Services.AddInvitationQueue(configureQueue);
        var host = builder.Build();
        await host.StartAsync();
        return new Sender(host);
    }

    /// <summary>The settings of a web service that gets requests of this shape.</summary>
    public static Dictionary<string, string?> Settings(string address, RequestShape shape)
    {
        var (path, postData, contentType) = shape switch
        {
            RequestShape.Query => ("invited?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%", null, null),
            RequestShape.Path => ("%invitee%/%invitor%/%network_id%", null, null),
            RequestShape.Form => ("invited", "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%", null),
            RequestShape.Json => ("invited", """{ "invitee": "%invitee%", "invitor": "%invitor%", "network_id": "%network_id%" }""", "application/json"),
            RequestShape.Xml => (
                "invited",
                """<root invitor="%invitor%"><invitee>%invitee%</invitee><network_id><![CDATA[%network_id%]]></network_id></root>""",
                "application/xml"),
            _ => throw new ArgumentOutOfRangeException(nameof(shape)),
        };
        return new Dictionary<string, string?>
        {
            ["InvitationCreatedUrl"] = address + path,
            ["InvitationCreatedPostData"] = postData,
            ["InvitationCreatedContentType"] = contentType,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
