import 'reflect-metadata';
import { Container, type ContainerModule } from 'inversify';

/** A fresh container for one experiment: two of them share nothing. */
export function createContainer(modules: readonly ContainerModule[]): Container {
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(...modules);
  return container;
}
