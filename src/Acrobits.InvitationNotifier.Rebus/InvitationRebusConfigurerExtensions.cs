using Acrobits.InvitationNotifier.Rebus.Messages;
using Acrobits.InvitationNotifier.Rebus.Wiring;
using Rebus.Pipeline;
using Rebus.Pipeline.Send;
using Rebus.Serialization;
using Rebus.Transport;

namespace Rebus.Config;

/// <summary>Extension methods that configure a bus for invitations.</summary>
public static class InvitationRebusConfigurerExtensions
{
    /// <summary>
    /// Serializes invitations as messages of the types <c>acrobits.invitation.v1</c> (created) and
    /// <c>acrobits.invitation.accepted.v1</c>. Required on every bus that sends or
    /// receives invitations.
    /// </summary>
    /// <remarks>Other messages keep the serializer of the application.</remarks>
    /// <param name="configurer">The configuration of the bus.</param>
    /// <returns>The same configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configurer"/> is <see langword="null"/>.</exception>
    public static RebusConfigurer UseInvitationMessages(this RebusConfigurer configurer)
    {
        ArgumentNullException.ThrowIfNull(configurer);

        return configurer.Options(options =>
        {
            options.Decorate<ISerializer>(context => new InvitationSerializer(context.Get<ISerializer>()));
            options.Decorate<IPipeline>(context => new PipelineStepInjector(context.Get<IPipeline>())
                .OnSend(new ProbeStep(context.Get<ITransport>()), PipelineRelativePosition.Before, typeof(SendOutgoingMessageStep)));
        });
    }
}
