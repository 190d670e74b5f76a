using System.Text;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Rebus.Messages;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Messages;

/// <summary>What stands in the queue is a contract between versions of the package that run side by side.</summary>
public sealed class InvitationMessageTests
{
    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task EnqueueAsync_Invitation_MessageHasTypeAndContentOfTheContract()
    {
        var message = await SendAsync(new Invitation("15551231234", "johnsnow", "mynetwork") { Id = "invitation-7" });

        Assert.Equal("acrobits.invitation.v1", message.Headers[Headers.Type]);
        Assert.Equal("application/json;charset=utf-8", message.Headers[Headers.ContentType]);
        Assert.Equal(
            """{"id":"invitation-7","invitee":"15551231234","invitor":"johnsnow","networkId":"mynetwork"}""",
            Encoding.UTF8.GetString(message.Body));
    }

    [Fact]
    public async Task EnqueueAsync_Accepted_MessageHasATypeOfItsOwnAndIsDeliveredAsAccepted()
    {
        var accepted = Samples.Invitation with { Id = "invitation-7", Event = InvitationEvent.Accepted };
        Assert.Equal("acrobits.invitation.accepted.v1", (await SendAsync(accepted)).Headers[Headers.Type]);

        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier);

        await notifier.UntilCalledAsync(1);
        Assert.Equal(accepted, Assert.Single(notifier.Invitations));
    }

    [Fact]
    public async Task EnqueueAsync_Invitation_HeadersTellNothingOfIt()
    {
        var message = await SendAsync(Samples.Invitation);

        Samples.AssertKept(string.Join('\n', message.Headers));
    }

    [Fact]
    public async Task Receive_MessageOfAnotherProgram_IsDelivered()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier);

        // Spaces, escapes, another order, and a part that a later program added.
        _bus.Deliver("acrobits.invitation.v1", """
            { "networkId": "mynetwork", "later": [1], "invitor": "john\u0073now", "invitee": "+15551231234", "id": "7" }
            """u8.ToArray());

        await notifier.UntilCalledAsync(1);
        Assert.Equal(new Invitation("+15551231234", "johnsnow", "mynetwork") { Id = "7" }, Assert.Single(notifier.Invitations));
    }

    [Theory]
    [InlineData("+420 777 123 456")]
    [InlineData("\"quoted\" \\ back / forth")]
    [InlineData("Žluťoučký kůň")]
    [InlineData("👩‍👩‍👧‍👦 🇨🇿")]
    [InlineData("\0\u0001\t\r\n\u007f\u0085\u2028\ufeff\uffff!")]
    [InlineData("שלום <script>&amp;'%invitee%{0}")]
    public async Task Receive_AnyText_IsDeliveredAsItWasEnqueued(string text)
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier);
        var invitation = new Invitation("1" + text, "2" + text, "3" + text) { Id = "4 ~'{}<>&" };

        await host.EnqueueAsync(invitation);

        await notifier.UntilCalledAsync(1);
        Assert.Equal(invitation, Assert.Single(notifier.Invitations));
    }

    private async Task<InMemTransportMessage> SendAsync(Invitation invitation)
    {
        await using var host = await _bus.StartSenderAsync();
        await host.EnqueueAsync(invitation);
        return Assert.Single(_bus.Waiting);
    }
}
