using Acrobits.InvitationNotifier.Rebus.Messages;
using Rebus.Serialization;

namespace Rebus.Config;

/// <summary>Lets a bus carry invitations.</summary>
public static class InvitationRebusConfigurerExtensions
{
    /// <summary>
    /// Lets the bus write and read invitations as messages of the type <c>acrobits.invitation.v1</c>; all others are left to
    /// the serializer that the application has chosen. Every bus that sends or receives invitations needs it.
    /// </summary>
    /// <param name="configurer">The configuration of the bus.</param>
    /// <returns>The same configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configurer"/> is <see langword="null"/>.</exception>
    public static RebusConfigurer UseInvitationMessages(this RebusConfigurer configurer)
    {
        ArgumentNullException.ThrowIfNull(configurer);

        return configurer.Options(options =>
            options.Decorate<ISerializer>(context => new InvitationSerializer(context.Get<ISerializer>())));
    }
}
