using Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>nginx decodes %2F before it chooses a location, as IIS and others do with %5C.</summary>
public sealed class PathTests
{
    [Theory]
    [InlineData("../admin")]
    [InlineData("x/../../admin")]
    [InlineData("./../admin")]
    [InlineData("..//admin")]
    public async Task NotifyAsync_ValueWithParentFolders_ReachesNoOtherLocation(string value)
    {
        await using var nginx = await Server.StartAsync(ServerProgram.Nginx(port => $$"""
            server {
                listen 127.0.0.1:{{port}};
                location /invited/ { return 204; }
                location / { return 418; }
            }
            """));
        var settings = new Dictionary<string, string?> { ["InvitationCreatedUrl"] = $"http://127.0.0.1:{nginx.Port}/invited/%invitee%" };
        await using var sender = await Sender.StartAsync(settings);

        var result = await sender.Notifier.NotifyAsync(new Invitation(value, "johnsnow", "mynetwork"));

        Assert.True(result.Outcome == NotificationOutcome.Unrepresentable, $"{result}");
    }
}
